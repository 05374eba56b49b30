import type { GraphPlan } from '../../runtime/graph/plan.ts';
import { GRAPH } from '../project/arrange-functions.ts';
import { missingLabels } from './graph-labels.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The variables that say whose metrics are meant. */
const IDS = [
  'SELDON_DEPLOYMENT_ID',
  'PREDICTOR_ID',
  'PREDICTOR_LABELS',
  'PREDICTIVE_UNIT_ID',
  'PREDICTIVE_UNIT_IMAGE',
];
const STORES = ['STATE_URL', 'METRICS_URL'];

/**
 * METRICS_SOURCES of the function whose /metrics has the metrics of a graph and of the models beside it: the
 * graph, and the models but the first, whose function it is.
 *
 * @param variablesOf - those of a function. @param functions - the names of all.
 * @param mayDiffer - whether sources can be in other stores, too; otherwise, those are left out.
 */
export function metricsSources(
  plan: GraphPlan,
  functions: readonly string[],
  variablesOf: (name: string) => Variables,
  mayDiffer: boolean,
): string {
  const own = variablesOf('metrics');
  const graph = variablesOf(GRAPH);
  const models = functions.filter((name) => name.endsWith('-metrics')).map(variablesOf);
  const sources = [{ ...graph, ...missingLabels(plan, graph) }, ...models];
  const isSame = (source: Variables) => STORES.every((name) => textOf(source, name) === textOf(own, name));
  return JSON.stringify(
    sources
      .filter((source) => mayDiffer || isSame(source))
      .map((source) =>
        Object.fromEntries(
          [...IDS, ...STORES]
            .filter((name) => textOf(source, name) !== textOf(own, name))
            .map((name) => [name, textOf(source, name)]),
        ),
      ),
  );
}

function textOf(variables: Variables, name: string): string {
  return `${variables[name] ?? ''}`;
}
