import { UserError } from '../../bundle/user-error.ts';
import { loadGraph } from '../../graph/load-graph.ts';
import type { GraphPlan } from '../../runtime/graph/plan.ts';
import { FUNCTIONS } from '../../runtime/routes.ts';
import { missingLabels } from '../graph/graph-labels.ts';
import { graphOf, projectOf } from '../graph/graph-of.ts';
import { metricsSources } from '../graph/metrics-sources.ts';
import { type Group, groupsOf } from '../project/groups.ts';
import { readModels, type ServedModel } from '../project/models.ts';
import { modelsFor } from '../refresh-zip.ts';
import type { Definition, Serverless, Stack } from '../serverless-types.ts';
import { addAlarms } from './alarms.ts';
import { shapeApi } from './api.ts';
import { shapeBatch } from './batch.ts';
import { checkEnvironment } from './environment.ts';
import { environmentOf } from './environments.ts';
import { grantGraph } from './graph.ts';
import { fitLimits } from './limits.ts';
import { checkNames } from './names.ts';
import { dropUncalled, dropUnneeded, listEndpoints, mergeFunctions, SINGLE } from './needed.ts';
import { addOutputs, addUrls } from './outputs.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { grantRoles } from './roles.ts';
import { shapeTable } from './table.ts';
import { limitVariables } from './variables.ts';
import { keepWarm } from './warm.ts';

/**
 * Checks the parameters alone, before serverless puts them into the configuration.
 *
 * @throws UserError for an unknown parameter, or a value that its parameter cannot have.
 */
export function checkParameters(serverless: Serverless): void {
  const { warmFunctions } = parametersOf(serverless);
  const names = Object.keys(serverless.configurationInput.functions);
  // A project may leave out one of ours, such as that of the default.
  const unknown = warmFunctions.find((name) => !names.includes(name) && !(name in FUNCTIONS));
  if (unknown !== undefined) {
    throw new UserError(`parameter warmFunctions has ${unknown}; expected names of ${names.join(', ')}`);
  }
}

/**
 * Removes repeated paths. A path from an environment variable may be one that the function has anyway, and
 * serverless refuses a path that comes twice.
 */
export function dropRepeatedPaths({ configurationInput: { functions } }: Serverless): void {
  for (const definition of Object.values(functions)) {
    definition.events = [...new Map(definition.events.map((each) => [JSON.stringify(each), each])).values()];
  }
}

/**
 * Completes serverless.yml with all that the parameters ask for.
 *
 * @param makesTemplate - whether the command makes a template of it, or shows it. Only then are names and
 *   variables checked: nothing of the shell may keep `remove` from its work.
 * @throws UserError for parameters that exclude each other, and what the checks find.
 */
export async function shapeStack(serverless: Serverless, makesTemplate: boolean): Promise<void> {
  const { configurationInput: configuration, instanceId } = serverless;
  configuration.resources.extensions ??= {};
  configuration.resources.Outputs ??= {};
  const parameters = parametersOf(serverless);
  const stage = stageOf(serverless);
  const models = makesTemplate ? modelsOf(serverless) : [];
  const aws = serverless.getProvider('aws');
  const source = makesTemplate ? graphOf(serverless) : undefined;
  const graph = source && (await loadGraph(source, projectOf(serverless))).plan;
  const plain = {
    ...configuration,
    name: `${configuration.service}-${stage}`,
    stage,
    parameters,
    // The paths of a model that is alone begin with no word.
    slugs: models.length > 1 ? models.map(({ slug }) => slug) : [],
    logicalIdOf: (name: string) => aws.naming.getLambdaLogicalId(name),
  };
  const stack = shapeBatch(graph === undefined ? plain : grantGraph(plain, graph, aws.getRegion()));
  dropUncalled(stack.functions);
  if (graph !== undefined) {
    labelMetrics(stack, graph, configuration.models !== undefined);
  }
  if (makesTemplate) {
    await chooseFunctions(serverless, stack);
    checkNames(stack);
    await checkEnvironment(stack);
  }
  const api = shapeApi(stack, instanceId);
  grantRoles(stack);
  shapeTable(stack);
  keepWarm(stack);
  limitVariables(stack);
  addAlarms(stack, api);
  addOutputs(stack, api, [...models.map(({ name }) => name), ...(graph ? [graph.deployment] : [])]);
  addUrls(stack, api, models);
  // `serverless print` shows an object that two places share only once, and a path to it at the other place.
  for (const definition of Object.values(stack.functions)) {
    definition.events = copyOf(definition.events);
  }
  const { Resources } = stack.resources;
  for (const [id, resource] of Object.entries(Resources)) {
    Resources[id] = copyOf(resource);
  }
}

/** Lets /metrics find the metrics of a graph: alone, or beside those of models. */
function labelMetrics(stack: Stack, graph: GraphPlan, hasModels: boolean): void {
  const { functions } = stack;
  const { metrics } = functions;
  if (metrics === undefined) {
    return;
  }
  const variables = environmentOf(stack, metrics);
  if (!hasModels) {
    metrics.environment = { ...metrics.environment, ...missingLabels(graph, variables) };
  } else if (!variables.METRICS_SOURCES) {
    const variablesOf = (name: string) => environmentOf(stack, functions[name] as Definition);
    const METRICS_SOURCES = metricsSources(graph, Object.keys(functions), variablesOf, false);
    // One for all paths has that of the metrics, too.
    for (const definition of [metrics, functions[SINGLE]]) {
      if (definition !== undefined) {
        definition.environment = { ...definition.environment, METRICS_SOURCES };
      }
    }
  }
}

/** Settles which models are served, and leaves out the functions that they do not need. */
async function chooseFunctions(serverless: Serverless, stack: Stack): Promise<void> {
  const chosen = modelsFor(serverless);
  if (chosen !== undefined) {
    stack.provider.environment.MODEL_NAME = chosen.modelName;
  }
  const groups = groupsOf(serverless, chosen);
  for (const group of groups) {
    await chooseFor(group, stack);
  }
  const merged = fitLimits(stack, groups);
  if (merged !== undefined) {
    console.warn(`warning: ${merged}`);
  }
}

async function chooseFor(group: Group, stack: Stack): Promise<void> {
  const { functions, parameters } = stack;
  const wanted = group.functions ?? parameters.functions;
  if (wanted === 'single') {
    mergeFunctions(functions, group);
    return;
  }
  delete functions[`${group.prefix}${SINGLE}`];
  if (wanted === 'needed') {
    await dropUnneeded(functions, group);
  }
  listEndpoints(stack, group);
}

/** The models that serverless.yml lists; empty without a list. */
function modelsOf({ configurationInput: configuration, serviceDir }: Serverless): readonly ServedModel[] {
  return configuration.models === undefined ? [] : readModels(configuration, serviceDir);
}

function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/**
 * The parameters of the command line, of the stage and of serverless.yml.
 *
 * @throws UserError as {@link checkParameters}.
 */
export function parametersOf(serverless: Serverless): Parameters {
  const { configurationInput: configuration, processedInput } = serverless;
  return readParameters(configuration, stageOf(serverless), processedInput.options.param ?? []);
}

function stageOf({ configurationInput, processedInput }: Serverless): string {
  return processedInput.options.stage ?? configurationInput.provider.stage ?? 'dev';
}
