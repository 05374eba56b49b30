import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { createOnce } from '../once.ts';
import { answering } from './answering.ts';
import type { Graph, OpenPredictor } from './open-graph.ts';
import { predictRequest } from './predict-request.ts';
import { GRAPH_ROUTES } from './routes.ts';

// Few predictions wait for these.
const loadTraffic = () => import('./divide-traffic.ts');
const loadUnits = () => import('./calls-of-units.ts');
const loadFeedback = () => import('./feedback.ts');
const loadDescription = () => import('./describe.ts');

/** The endpoints that ask a unit, and the function that answers each. */
const OF_UNITS = [
  ['unit-metadata', 'metadataOfUnit'],
  ['unit-status', 'statusOfUnit'],
] as const;

/** The endpoints that describe the graph. */
const DESCRIBING = ['openapi', 'docs'] as const;

/** Makes the endpoints of a graph: those that the executor has, and what describes them. */
export function graphEndpoints(graph: Graph): readonly Endpoint[] {
  const { plan, instance } = graph;
  const predictors = answering(plan, instance.config);
  const [first] = predictors;
  const divided = createOnce<Endpoint['respond']>();
  const byTraffic = async (context: CallContext) => {
    const respond = await divided(async () => (await loadTraffic()).divideTraffic(graph, predictors));
    return respond(context);
  };
  const open = () => Promise.all(predictors.map((each) => graph.open(each)));
  const endpoints: Endpoint[] = [
    {
      routes: GRAPH_ROUTES.predictions,
      prepare: async (remainingMs) => prepareAll(await open(), remainingMs),
      respond(context) {
        if (plan.predictors.length > 1) {
          return byTraffic(context);
        }
        const opened = graph.open(first);
        return opened instanceof Promise
          ? opened.then((predictor) => predictRequest(context, predictor))
          : predictRequest(context, opened);
      },
    },
    {
      routes: GRAPH_ROUTES.feedback,
      respond: async (context) => (await loadFeedback()).tellGraph(context, graph, predictors),
    },
    {
      routes: GRAPH_ROUTES.metadata,
      respond: async (context) => (await loadUnits()).metadataOfGraph(await graph.open(first), context),
    },
    ...OF_UNITS.map(([name, answer]) => ({
      routes: GRAPH_ROUTES[name],
      respond: async (context: CallContext) => (await loadUnits())[answer](await open(), context),
    })),
    {
      routes: GRAPH_ROUTES.ready,
      respond: async (context) => (await loadUnits()).readiness(open, context),
    },
    { routes: GRAPH_ROUTES.live, respond: () => ({ status: 200, headers: {}, body: '' }) },
    ...DESCRIBING.map((name) => ({
      routes: GRAPH_ROUTES[name],
      mayEndInSlash: name === 'docs',
      respond: async (context: CallContext) =>
        (await loadDescription())[name](context, graph, first, GRAPH_ROUTES),
    })),
  ];
  return endpoints.map((endpoint) => ({ ...endpoint, hasCheckedPaths: true }));
}

/** Loads the models of this process at the same time, and warms up the units elsewhere. */
function prepareAll(
  predictors: readonly OpenPredictor[],
  remainingMs: (() => number) | undefined,
): Promise<unknown> {
  const units = predictors.flatMap((predictor) => [...predictor.units.values()]);
  return Promise.all(units.map((unit) => unit.prepare(remainingMs)));
}
