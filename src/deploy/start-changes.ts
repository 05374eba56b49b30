import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GraphPlan } from '../runtime/graph/plan.ts';
import { missingLabels } from './graph/graph-labels.ts';
import { metricsSources } from './graph/metrics-sources.ts';
import { GRAPH } from './project/arrange-functions.ts';
import type { Serverless } from './serverless-types.ts';

/**
 * Applies all that a start changes: in the configuration, and in the environment of this process, which the
 * threads of the functions inherit. What the shell sets wins over each default.
 *
 * | where | change |
 * | --- | --- |
 * | variables that are null | removed, as on AWS; a thread would get the text "null" |
 * | MODEL_NAME | the model that was chosen; none for a graph alone |
 * | SELDON_DEPLOYMENT_ID, PREDICTOR_ID, PREDICTOR_LABELS | those of a graph alone: its metrics are found by them |
 * | METRICS_SOURCES | of /metrics: a graph, and the models beside it |
 * | STATE_URL | a folder of each model, and of a graph, in .state: all its functions share it, and the next start finds it |
 * | METRICS_FLUSH_MS | 0: one developer watches, who wants to see the count of each call |
 * | METRICS_EMF | false: there is no CloudWatch |
 * | package.artifact | removed: the functions run the bundle, and need not unpack the zip |
 * | MODEL_DIR of this process | removed: the functions find the model in the bundle, not in the sources |
 * | NODE_OPTIONS of this process | stack traces name the lines of the model's own source |
 */
export function applyStart(
  { serviceDir, service, configurationInput }: Serverless,
  modelName: string,
  graph?: GraphPlan,
): void {
  const shell = process.env;
  const { environment } = service.provider;
  const deployment = graph?.deployment;
  const stateOf = (name: string) => pathToFileURL(join(serviceDir, '.state', name)).href;
  for (const [name, value] of Object.entries(environment)) {
    if (value === null) {
      delete environment[name];
    }
  }
  Object.assign(environment, {
    ...(modelName !== '' && { MODEL_NAME: modelName }),
    STATE_URL: shell.STATE_URL ?? stateOf(modelName || (deployment ?? '')),
    METRICS_FLUSH_MS: shell.METRICS_FLUSH_MS ?? '0',
    METRICS_EMF: shell.METRICS_EMF ?? 'false',
  });
  if (modelName === '') {
    Reflect.deleteProperty(environment, 'MODEL_NAME');
    Object.assign(environment, graph && missingLabels(graph, environment));
  }
  for (const [key, definition] of Object.entries(service.functions)) {
    const model = configurationInput.models === undefined ? undefined : definition.environment?.MODEL_NAME;
    const name = key === GRAPH ? deployment : model;
    if (typeof name === 'string' && name !== modelName && shell.STATE_URL === undefined) {
      definition.environment = { STATE_URL: stateOf(name), ...definition.environment };
    }
  }
  if (graph !== undefined && modelName !== '') {
    showBoth(service, graph);
  }
  delete service.package.artifact;
  delete shell.MODEL_DIR;
  shell.NODE_OPTIONS = `${shell.NODE_OPTIONS ?? ''} --enable-source-maps`;
}

/** Lets /metrics show the metrics of the graph, and of the models beside it. */
function showBoth({ functions, provider }: Serverless['service'], graph: GraphPlan): void {
  const { metrics } = functions;
  const variablesOf = (name: string) => ({ ...provider.environment, ...functions[name]?.environment });
  if (metrics !== undefined && !variablesOf('metrics').METRICS_SOURCES) {
    const METRICS_SOURCES = metricsSources(graph, Object.keys(functions), variablesOf, true);
    metrics.environment = { ...metrics.environment, METRICS_SOURCES };
  }
}
