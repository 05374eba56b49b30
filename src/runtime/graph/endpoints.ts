import { toSeldonError } from '../errors.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { createOnce } from '../once.ts';
import { within } from '../time-limit.ts';
import { callGraph } from './call-graph.ts';
import type { Graph, OpenPredictor } from './open-graph.ts';
import { firstCalled } from './open-node.ts';
import type { PredictorPlan } from './plan.ts';
import { noRouting, predictNode } from './predict.ts';
import { GRAPH_ROUTES } from './routes.ts';
import type { Shadows } from './shadow.ts';
import { answering, choosePredictor, routingNameOf, shareOf } from './traffic.ts';

// No prediction waits for these.
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
  const { config } = instance;
  const predictors = answering(plan, config);
  const isAlone = plan.predictors.length === 1;
  const routingName = routingNameOf(plan);
  const shadows = createOnce<Shadows>();
  const copies = async (context: CallContext, of: number) => {
    const { send } = await shadows(async () => (await import('./shadow.ts')).openShadows(plan, instance));
    return send(context, of);
  };
  const open = () => Promise.all(predictors.map((each) => graph.open(each)));
  const share = (context: CallContext) => shareOf(context, plan.deployment, config);
  const endpoints: Endpoint[] = [
    {
      routes: GRAPH_ROUTES.predictions,
      prepare: async (remainingMs) => prepareAll(await open(), remainingMs),
      async respond(context) {
        const of = share(context);
        const chosen = await graph.open(choosePredictor(predictors, of));
        const { idempotencyKey, isColdStart } = context.invocation;
        if (isColdStart && config.SELDON_GRAPH_WARM) {
          warmUp(chosen);
        }
        const copied = config.SELDON_SHADOWS === '' ? undefined : copies(context, of);
        const answer = callGraph(
          context,
          { graph, predictor: chosen, service: 'predictions', idempotencyKey },
          (walk) => {
            const routing = Object.assign(noRouting(), routeOf(chosen));
            return predictNode(walk, chosen.root, walk.wire.ofRequest(walk.context.request), routing);
          },
        );
        try {
          const response = await answer;
          return { ...response, headers: { ...response.headers, ...headersOf(chosen) } };
        } catch (thrown) {
          const error = toSeldonError(thrown);
          throw error.with({ headers: { ...error.headers, ...headersOf(chosen) } });
        } finally {
          // Lambda would freeze the instance, with the copy half sent.
          await (copied && within(copied, MAX_COPY_WAIT_MS, Error).catch(() => undefined));
        }
      },
    },
    {
      routes: GRAPH_ROUTES.feedback,
      async respond(context) {
        const { tellGraph } = await loadFeedback();
        const byShare = () => choosePredictor(predictors, share(context));
        return tellGraph(context, graph, { predictors, byShare });
      },
    },
    {
      routes: GRAPH_ROUTES.metadata,
      respond: async (context) =>
        (await loadUnits()).metadataOfGraph(await graph.open(predictors[0]), context),
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
        (await loadDescription())[name](context, graph, predictors[0], GRAPH_ROUTES),
    })),
  ];
  return endpoints.map((endpoint) => ({ ...endpoint, hasCheckedPaths: true }));

  /** With several predictors, the answer says which one it is of, by its place among all. */
  function routeOf({ plan: chosen }: OpenPredictor): Readonly<Record<string, number>> {
    return isAlone ? {} : { [routingName]: plan.predictors.indexOf(chosen) };
  }

  function headersOf({ plan: { name } }: OpenPredictor): Readonly<Record<string, string>> {
    return isAlone ? {} : { 'seldon-predictor': encodeURIComponent(name) };
  }
}

/** The longest time that a caller waits, when he has his answer, for the copies of his request to be sent. */
const MAX_COPY_WAIT_MS = 50;

/** The predictors that a feedback may be for. */
export interface Answering {
  readonly predictors: readonly PredictorPlan[];
  /** The one that a request with the same key goes to. */
  byShare(): PredictorPlan;
}

/** Loads the models of this process at the same time, and warms up the units elsewhere. */
function prepareAll(
  predictors: readonly OpenPredictor[],
  remainingMs: (() => number) | undefined,
): Promise<unknown> {
  const units = predictors.flatMap((predictor) => [...predictor.units.values()]);
  return Promise.all(units.map((unit) => unit.prepare(remainingMs)));
}

/**
 * Begins to load all units at once, so that the cold starts of a chain do not add up; not those elsewhere
 * that the request goes to anyway, which would start an instance for each of the two. Nobody waits for it: a
 * call waits for its own unit, and has the error.
 */
function warmUp({ units, root }: OpenPredictor): void {
  const first = new Set(firstCalled(root));
  for (const unit of units.values()) {
    if (unit.where === 'local' || !first.has(unit)) {
      unit.prepare().catch(() => undefined);
    }
  }
}
