import { SeldonError } from '../errors.ts';
import type { HttpResponse } from '../http/request.ts';
import { notFound } from '../http/route-errors.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Answer, AnswerSettings, Reply, Wire } from '../protocols/protocol.ts';
import { toResponse } from '../protocols/reply.ts';
import { metadataIn, readiness, statusOfUnit } from './calls-of-units.ts';
import type { Graph } from './open-graph.ts';
import type { PredictorPlan } from './plan.ts';
import type { GraphEndpointName } from './routes.ts';

/**
 * Answers a request of a graph in the words of its protocol, where these are others than the executor's; the
 * deployment is a model then, too. Undefined: the answer is the same in all protocols.
 *
 * @param predictors - those that answer; the first says what the graph takes and gives.
 */
export async function answerInWords(
  name: GraphEndpointName,
  context: CallContext,
  graph: Graph,
  predictors: readonly PredictorPlan[],
): Promise<HttpResponse | undefined> {
  const { protocol, request } = context;
  if (protocol.name !== graph.plan.protocol) {
    // Paths such as /ready and /docs are those of all graphs.
    return undefined;
  }
  const wire = await protocol.wire();
  const open = () => Promise.all(predictors.map((each) => graph.open(each)));
  const asked = { context, graph, wire };
  switch (name) {
    case 'live':
      return wire.encodeLive && toResponse(wire.encodeLive(request));
    case 'ready':
      return readyOf(asked, open);
    case 'metadata': {
      const server = await wire.encodeServer?.(request);
      return server === undefined ? describe(asked, predictors) : toResponse(server);
    }
    case 'unit-metadata':
      return isWhole(asked) ? describe(asked, predictors) : undefined;
    case 'unit-status':
      return isWhole(asked) ? readyOf(asked, open) : undefined;
    case 'predictions':
      return answerCall(asked, open);
    default:
      return undefined;
  }
}

interface Asked {
  readonly context: CallContext;
  readonly graph: Graph;
  readonly wire: Wire;
}

type Open = Parameters<typeof readiness>[0];

/** Where a path may be a call or the question for a status, answers the latter. */
async function answerCall(asked: Asked, open: Open): Promise<HttpResponse | undefined> {
  const { protocol, request } = asked.context;
  const meant = protocol.endpointOf?.(request) ?? 'predict';
  if (meant === 'predict') {
    return undefined;
  }
  if (meant !== 'health-status') {
    throw notFound(request, []);
  }
  return isWhole(asked) ? readyOf(asked, open) : statusOfUnit(await open(), asked.context);
}

/** Whether the model in the path is the deployment. */
function isWhole({ context, graph }: Asked): boolean {
  return context.request.params?.model === graph.plan.deployment;
}

/** @throws SeldonError with 503 when a unit is not ready; the log says which. */
async function readyOf({ context, graph, wire }: Asked, open: Open): Promise<HttpResponse> {
  const { status } = await readiness(open, context);
  if (status !== 200) {
    const info = 'a unit of the graph is not ready; the log says which';
    throw new SeldonError('MICROSERVICE_INTERNAL_ERROR', info, { status });
  }
  const received = await wire.read.none?.(context.request);
  const names = [graph.plan.deployment];
  const call = await received?.decode('', undefined, async () => ({ names, metadata: {} }));
  return toResponse((await call?.encode(NOTHING, SETTINGS)) ?? EMPTY);
}

/** A check answers the same, whatever the payload is. */
const NOTHING: Answer = { payload: '', classNames: () => [], tags: [], metrics: [] };
const SETTINGS: AnswerSettings = { unitPath: {}, carriesMeta: false, showsMetrics: false };
const EMPTY: Reply = { body: '{}' };

/** The metadata of the whole graph, or the list of models, which has the deployment only. */
async function describe(
  { context, graph, wire }: Asked,
  predictors: readonly PredictorPlan[],
): Promise<HttpResponse> {
  const { deployment } = graph.plan;
  const [predictor] = predictors;
  const isList = context.request.params?.model === undefined;
  const { graphinputs, graphoutputs } =
    isList || predictor === undefined
      ? { graphinputs: [], graphoutputs: [] }
      : await metadataIn(await graph.open(predictor), context);
  const metadata = {
    name: deployment,
    versions: [],
    platform: 'seldon-lambda',
    inputs: listOf(graphinputs),
    outputs: listOf(graphoutputs),
    custom: {},
  };
  const reply = await wire.encodeMetadata?.(metadata, context.request, [deployment]);
  return toResponse(reply ?? EMPTY);
}

/** What the units say of themselves; those elsewhere may say anything. */
function listOf(ports: unknown): [] {
  return (Array.isArray(ports) ? ports : []) as [];
}
