import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { createOnce } from '../once.ts';
import { answering } from './answering.ts';
import type { Graph, OpenPredictor } from './open-graph.ts';
import { predictRequest } from './predict-request.ts';
import { type GraphEndpointName, ROUTES_OF } from './routes.ts';

// Few predictions wait for these.
const loadTraffic = () => import('./divide-traffic.ts');
const loadUnits = () => import('./calls-of-units.ts');
const loadFeedback = () => import('./feedback.ts');
const loadEvents = () => import('./answer-event.ts');
const loadDescription = () => import('./describe.ts');
// Graphs of Seldon's protocol do without.
const loadWords = () => import('./in-words.ts');

/** Makes the endpoints of a graph: those that the executor has, and what describes them. */
export function graphEndpoints(graph: Graph): readonly Endpoint[] {
  const { plan, instance } = graph;
  const { protocol = 'seldon' } = plan;
  const routes = ROUTES_OF[protocol];
  const predictors = answering(plan, instance.config);
  const [first] = predictors;
  const divided = createOnce<Endpoint['respond']>();
  const byTraffic = async (context: CallContext) => {
    const respond = await divided(async () => (await loadTraffic()).divideTraffic(graph, predictors));
    return respond(context);
  };
  const open = () => Promise.all(predictors.map((each) => graph.open(each)));
  const endpoints: Readonly<Record<GraphEndpointName, Omit<Endpoint, 'routes'>>> = {
    predictions: {
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
    feedback: {
      respond: async (context) => (await loadFeedback()).tellGraph(context, graph, predictors),
    },
    metadata: {
      respond: async (context) => (await loadUnits()).metadataOfGraph(await graph.open(first), context),
    },
    'unit-metadata': {
      respond: async (context) => (await loadUnits()).metadataOfUnit(await open(), context),
    },
    'unit-status': { respond: async (context) => (await loadUnits()).statusOfUnit(await open(), context) },
    ready: { respond: async (context) => (await loadUnits()).readiness(open, context) },
    live: { respond: () => ({ status: 200, headers: {}, body: '' }) },
    openapi: describing('openapi'),
    docs: { ...describing('docs'), mayEndInSlash: true },
  };
  // The keys of the table are the endpoints' names.
  return (Object.keys(endpoints) as GraphEndpointName[]).map((name) => {
    const endpoint = protocol === 'seldon' ? endpoints[name] : inWords(name, endpoints[name]);
    return {
      ...endpoint,
      respond: (context) =>
        'ce-specversion' in context.request.headers
          ? loadEvents().then(({ answerEvent }) => answerEvent(context, plan.deployment, endpoint.respond))
          : endpoint.respond(context),
      routes: routes[name],
      hasCheckedPaths: true,
    };
  });

  function describing(name: 'openapi' | 'docs'): Omit<Endpoint, 'routes'> {
    return {
      respond: async (context) => (await loadDescription())[name](context, graph, first, routes),
    };
  }

  /** An endpoint that answers what its protocol has in place of the executor's words. */
  function inWords(name: GraphEndpointName, endpoint: Omit<Endpoint, 'routes'>): Omit<Endpoint, 'routes'> {
    return {
      ...endpoint,
      mayEndInSlash: true,
      respond: async (context) =>
        (await (await loadWords()).answerInWords(name, context, graph, predictors)) ??
        endpoint.respond(context),
    };
  }
}

/** Loads the models of this process at the same time, and warms up the units elsewhere. */
function prepareAll(
  predictors: readonly OpenPredictor[],
  remainingMs: (() => number) | undefined,
): Promise<unknown> {
  const units = predictors.flatMap((predictor) => [...predictor.units.values()]);
  return Promise.all(units.map((unit) => unit.prepare(remainingMs)));
}
