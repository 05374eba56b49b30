import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { LIBRARY } from '../../bundle/own-code.ts';
import { parseSettings } from '../../bundle/settings.ts';
import { UserError } from '../../bundle/user-error.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import { graphOf } from '../graph/graph-of.ts';
import type { Configuration, Definition, Serverless } from '../serverless-types.ts';
import { addModels } from './add-models.ts';
import { arrangeFunctions, GRAPH } from './arrange-functions.ts';
import { readModels } from './models.ts';

/** The members of serverless.yml that this package has values for. */
const PARTS = ['params', 'provider', 'package', 'functions', 'custom', 'resources'] as const;

type Completed = Configuration & Record<(typeof PARTS)[number], unknown>;
type Part = Record<string, unknown>;

/**
 * Completes the serverless.yml of a project with that of this package: what the project does not say is as it
 * is there. A function or a resource that is null in the project's file is left out.
 *
 * In the file of this package itself it only leaves out the functions that are not needed.
 *
 * @param needsModels - whether the command serves models, or makes a template of them. A list that is wrong
 *   does not keep the others, such as `remove`, from their work.
 * @param graphEvents - the paths of the graph, where they are not those that serverless.yml gives it.
 * @throws UserError for models that cannot be served.
 */
export function fillIn(
  serverless: Serverless,
  needsModels: boolean,
  graphEvents?: Definition['events'],
): void {
  const { serviceDir, configurationFilename, configurationInput: configuration } = serverless;
  const own = join(LIBRARY, 'serverless.yml');
  const hasGraph = needsModels ? hasGraphIn(serverless) : ifRight(() => hasGraphIn(serverless)) === true;
  if (realpathSync(join(serviceDir, configurationFilename)) === realpathSync(own)) {
    arrangeOwn(serverless, hasGraph, graphEvents);
    return;
  }
  const template: Completed = parse(readFileSync(own, 'utf8'));
  const read = () =>
    hasGraph && configuration.models === undefined ? [] : readModels(configuration, serviceDir);
  const models = needsModels ? read() : (ifRight(read) ?? []);
  const given: Part = { ...configuration, provider: writtenProvider(serverless) };
  const merged = Object.fromEntries(
    PARTS.map((part) => [part, mergePart(part, template[part], given[part])]),
  );
  // Object.fromEntries loses the names of the parts; the cast restores them.
  const whole = merged as unknown as Completed;
  const { [GRAPH]: graph, ...plain } = whole.functions;
  const completed = models.length === 0 ? whole : addModels({ ...whole, functions: plain }, models);
  const hasModels = models.length > 0;
  const functions = arrangeFunctions(
    { ...completed.functions, ...(graph && { [GRAPH]: graph }) },
    { hasGraph, hasModels, listed: Object.keys(configuration.functions ?? {}), graphEvents },
  );
  for (const part of PARTS) {
    serverless.extendConfiguration([part], part === 'functions' ? functions : completed[part]);
  }
  if (hasGraph && !hasModels) {
    serveGraphAlone(serverless);
  }
  if (models.length > 0) {
    const settings = models.map((model) => [model.name, model.settings] as const);
    serverless.extendConfiguration(['models'], Object.fromEntries(settings));
  }
}

/** The file of this package itself has no list of models. */
function arrangeOwn(serverless: Serverless, hasGraph: boolean, graphEvents?: Definition['events']): void {
  const { functions } = serverless.configurationInput;
  const arranged = arrangeFunctions(functions, { hasGraph, hasModels: !hasGraph, graphEvents });
  serverless.extendConfiguration(['functions'], arranged);
  if (hasGraph) {
    serveGraphAlone(serverless);
  }
}

/** What is said of models by default is said of the graph. */
function serveGraphAlone(serverless: Serverless): void {
  const { params } = serverless.configurationInput;
  serverless.extendConfiguration(['provider', 'environment', 'MODEL_NAME'], null);
  if (params?.default?.warmFunctions === 'predict') {
    serverless.extendConfiguration(['params', 'default', 'warmFunctions'], GRAPH);
  }
}

function hasGraphIn(serverless: Serverless): boolean {
  return graphOf(serverless) !== undefined;
}

/** The result of reading what a user has written; undefined when it is wrong. */
function ifRight<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    return undefined;
  }
}

/**
 * The part `provider` without the members that serverless has set before, such as a default region: they are
 * not in the file. A file that is a program is taken as it is.
 */
function writtenProvider({ serviceDir, configurationFilename, configurationInput }: Serverless) {
  const { provider } = configurationInput;
  if (!/\.(ya?ml|json)$/.test(configurationFilename)) {
    return provider;
  }
  const text = readFileSync(join(serviceDir, configurationFilename), 'utf8');
  const { provider: written } = parseSettings(text);
  return isPlainObject(written)
    ? (Object.fromEntries(Object.entries(provider).filter(([name]) => name in written)) as typeof provider)
    : provider;
}

/**
 * A part of the project's file over that of this package. A list of objects, as of several files, is one
 * object.
 *
 * @throws UserError when it is neither.
 */
function mergePart(name: string, template: unknown, own: unknown): unknown {
  const parts = Array.isArray(own) ? own : [own ?? {}];
  const wrong = parts.find((each) => !isPlainObject(each));
  if (wrong !== undefined) {
    throw new UserError(`${name} in serverless.yml has ${JSON.stringify(wrong)}; expected members by name`);
  }
  return parts.reduce((before, part) => mergeObjects(before as Part, part, LEAVES_OUT[name] ?? 0), template);
}

/** How deep in a part a member is left out by null: `functions.route`, `resources.Resources.FailedCalls`. */
const LEAVES_OUT: Readonly<Record<string, number>> = { functions: 1, resources: 2 };

/**
 * The members of an object over those of another; lists are replaced as a whole. Null, as of a name with
 * nothing below it, replaces no object.
 *
 * @param leavesOut - the depth at which null leaves a member out; 0: nowhere.
 */
function mergeObjects(template: Part, own: Part, leavesOut: number): Part {
  const isLeftOut = (name: string) => leavesOut === 1 && own[name] === null;
  const names = [...new Set([...Object.keys(template), ...Object.keys(own)])].filter(
    (name) => !isLeftOut(name),
  );
  const merge = (before: unknown, after: unknown): unknown => {
    if (isPlainObject(before) && isPlainObject(after)) {
      return mergeObjects(before, after, Math.max(0, leavesOut - 1));
    }
    return after === undefined || (after === null && isPlainObject(before)) ? before : after;
  };
  return Object.fromEntries(names.map((name) => [name, merge(template[name], own[name])]));
}
