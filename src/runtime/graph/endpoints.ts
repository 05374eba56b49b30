import { toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import { parseJson } from '../parse-json.ts';
import type { BoundUnit, UnitCall } from './bound-unit.ts';
import { callGraph } from './call-graph.ts';
import { answeredFailure } from './failure.ts';
import { feedbackNode } from './feedback.ts';
import { headersToUnits } from './headers.ts';
import { graphMetadata } from './metadata.ts';
import type { Graph, OpenPredictor } from './open-graph.ts';
import { allNodes } from './open-node.ts';
import type { PredictorPlan } from './plan.ts';
import { noRouting, predictNode } from './predict.ts';
import { GRAPH_ROUTES } from './routes.ts';

/** Makes the endpoints of a graph: those that the executor has. */
export function graphEndpoints(graph: Graph): readonly Endpoint[] {
  const main = () => graph.open(graph.plan.predictors[0] as PredictorPlan);
  return [
    {
      routes: GRAPH_ROUTES.predictions,
      prepare: async (remainingMs) => prepareAll(await main(), remainingMs),
      async respond(context) {
        const predictor = await main();
        const { idempotencyKey } = context.invocation;
        return callGraph(context, { graph, predictor, service: 'predictions', idempotencyKey }, (walk) =>
          predictNode(walk, predictor.root, walk.wire.ofRequest(walk.context.request), noRouting()),
        );
      },
    },
    {
      routes: GRAPH_ROUTES.feedback,
      async respond(context) {
        const predictor = await main();
        const { idempotencyKey: given, requestId } = context.invocation;
        // Lambda repeats an asynchronous invocation under the same id.
        const idempotencyKey = given ?? requestId;
        return callGraph(context, { graph, predictor, service: 'feedback', idempotencyKey }, async (walk) => {
          const { request } = walk.context;
          const routing = await walk.wire.readRouting(request);
          const feedback = walk.wire.ofFeedback(request);
          const answer = await feedbackNode({ ...walk, feedback, routing }, predictor.root);
          return answer ?? walk.wire.ofReply({ body: '{"data":{"ndarray":[]},"meta":{}}' });
        });
      },
    },
    {
      routes: GRAPH_ROUTES.metadata,
      respond: async (context) => {
        const predictor = await main();
        return json(await graphMetadata(predictor, (unit) => metadataOf(unit, context)));
      },
    },
    {
      routes: GRAPH_ROUTES['unit-metadata'],
      async respond(context) {
        const unit = unitAsked(await main(), context);
        return unit.metadata?.(callOf(context)) ?? json({});
      },
    },
    {
      routes: GRAPH_ROUTES['unit-status'],
      async respond(context) {
        const unit = unitAsked(await main(), context);
        // Code of this package is always ready.
        return (
          unit.status?.(callOf(context)) ?? json({ data: { names: [], ndarray: ['healthy'] }, meta: {} })
        );
      },
    },
    { routes: GRAPH_ROUTES.ready, respond: async (context) => ready(await main(), context) },
    { routes: GRAPH_ROUTES.live, respond: () => EMPTY },
  ];
}

const EMPTY: HttpResponse = { status: 200, headers: {}, body: '' };

function json(value: unknown): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: stringify(value) };
}

/** Loads the models of this process at the same time, and warms up the units elsewhere. */
function prepareAll({ units }: OpenPredictor, remainingMs: (() => number) | undefined): Promise<unknown> {
  return Promise.all([...units.values()].map((unit) => unit.prepare(remainingMs)));
}

/** 503 without a body as long as a unit cannot be loaded, or cannot be reached. */
async function ready({ root }: OpenPredictor, context: CallContext): Promise<HttpResponse> {
  for (const { unit, name } of allNodes(root)) {
    try {
      await (unit.check?.(context.invocation.remainingMs()) ?? unit.prepare(context.invocation.remainingMs));
    } catch (error) {
      const { reason, status } = toSeldonError(error);
      context.instance.log.warn('a unit is not ready', { node: name, reason, status });
      return { ...EMPTY, status: 503 };
    }
  }
  return EMPTY;
}

/** @throws SeldonError GRAPH_UNKNOWN_NODE naming the units that exist. */
function unitAsked({ units }: OpenPredictor, { request }: CallContext): BoundUnit {
  const name = request.params?.node ?? '';
  const unit = units.get(name);
  if (unit === undefined) {
    const known = [...units.keys()].join(', ');
    throw graphError('GRAPH_UNKNOWN_NODE', `the graph has no unit of this name; expected one of ${known}`);
  }
  return unit;
}

async function metadataOf(unit: BoundUnit, context: CallContext): Promise<unknown> {
  const response = await unit.metadata?.(callOf(context));
  if (response === undefined) {
    return undefined;
  }
  const { status, body } = response;
  if (status !== 200) {
    throw answeredFailure(status, body);
  }
  return parseJson(Buffer.from(body).toString());
}

/** A call of a unit that does not go through the graph. */
function callOf(context: CallContext): UnitCall {
  const { invocation, instance, request } = context;
  return {
    context,
    invocation,
    headers: headersToUnits(request, instance.config.SELDON_GRAPH_HEADERS, invocation.puid),
    children: [],
    timeoutMs: invocation.remainingMs(),
  };
}
