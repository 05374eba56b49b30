import { SeldonError, toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { HttpResponse } from '../http/request.ts';
import { notFound } from '../http/route-errors.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Metadata } from '../model/metadata.ts';
import { isRecord } from '../objects.ts';
import type { Answer, AnswerSettings, Reply, Wire } from '../protocols/protocol.ts';
import { toResponse } from '../protocols/reply.ts';
import { metadataIn, readiness, statusOfUnit } from './calls-of-units.ts';
import type { MetadataOfGraph } from './metadata.ts';
import type { Graph, OpenPredictor } from './open-graph.ts';
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
      // The list of models has the deployment only, and nothing of it is looked at.
      const { deployment: name } = graph.plan;
      const described = async () => ({ names: [name], metadata: {} });
      const server = await wire.encodeServer?.(request, described);
      return server === undefined ? describe(asked, predictors) : toResponse(server);
    }
    case 'unit-metadata':
      if (isWhole(asked)) {
        return describe(asked, predictors);
      }
      return isOwnCode(asked, await open()) ? metadataOf(asked, nameAsked(asked)) : undefined;
    case 'unit-status':
      return statusOf(asked, open);
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
  return (await statusOf(asked, open)) ?? statusOfUnit(await open(), asked.context);
}

/** The status of the deployment, or of code of this package; undefined for any other unit. */
async function statusOf(asked: Asked, open: Open): Promise<HttpResponse | undefined> {
  if (isWhole(asked)) {
    return readyOf(asked, open);
  }
  return isOwnCode(asked, await open()) ? isReady(asked, nameAsked(asked)) : undefined;
}

/** The model in the path. */
function nameAsked({ context }: Asked): string {
  return context.request.params?.model ?? '';
}

/** Whether the model in the path is the deployment. */
function isWhole(asked: Asked): boolean {
  return nameAsked(asked) === asked.graph.plan.deployment;
}

/** Whether it is code of this package, which has no words of its own and is always ready. */
function isOwnCode(asked: Asked, predictors: readonly OpenPredictor[]): boolean {
  const name = nameAsked(asked);
  return predictors.find(({ units }) => units.has(name))?.units.get(name)?.where === 'implementation';
}

/** @throws SeldonError with 503 when a unit is not ready; the log says which. */
async function readyOf(asked: Asked, open: Open): Promise<HttpResponse> {
  const { status } = await readiness(open, asked.context);
  if (status !== 200) {
    const info = 'a unit of the graph is not ready; the log says which';
    throw new SeldonError('MICROSERVICE_INTERNAL_ERROR', info, { status });
  }
  return isReady(asked, asked.graph.plan.deployment);
}

/** The answer of a model that is ready. */
async function isReady({ context, wire }: Asked, name: string): Promise<HttpResponse> {
  const received = await wire.read.none?.(context.request);
  const call = await received?.decode('', undefined, async () => ({ names: [name], metadata: {} }));
  return toResponse((await call?.encode(NOTHING, SETTINGS)) ?? EMPTY);
}

/** A check answers the same, whatever the payload is. */
const NOTHING: Answer = { payload: '', classNames: () => [], tags: [], metrics: [] };
const SETTINGS: AnswerSettings = { unitPath: {}, carriesMeta: false, showsMetrics: false };
const EMPTY: Reply = { body: '{}' };

/** The metadata of the whole graph, or the list of models, which has the deployment only. */
async function describe(asked: Asked, predictors: readonly PredictorPlan[]): Promise<HttpResponse> {
  const { context, graph } = asked;
  const [predictor] = predictors;
  const isList = context.request.params?.model === undefined;
  const ports =
    isList || predictor === undefined
      ? undefined
      : await portsOf(await metadataIn(await graph.open(predictor), context));
  return metadataOf(asked, graph.plan.deployment, ports);
}

/** Metadata that says nothing. */
const NO_METADATA = { versions: [], platform: 'seldon-lambda', inputs: [], outputs: [], custom: {} };

/** @throws SeldonError GRAPH_BAD_ANSWER for what is none: units elsewhere may say anything. */
async function portsOf({ graphinputs: inputs, graphoutputs: outputs }: MetadataOfGraph): Promise<Metadata> {
  const { checkMetadata } = await import('../endpoints/metadata.ts');
  try {
    return checkMetadata({ ...NO_METADATA, name: '', inputs: known(inputs), outputs: known(outputs) });
  } catch (cause) {
    const { message } = toSeldonError(cause);
    throw graphError('GRAPH_BAD_ANSWER', `the metadata of a unit: ${message}`, { cause });
  }
}

/** The members of an input or output; a server may have more. */
const OF_PORT = ['messagetype', 'schema', 'name', 'datatype', 'shape', 'parameters'];

function known(ports: unknown): unknown {
  const knownOf = (port: unknown) =>
    isRecord(port)
      ? Object.fromEntries(Object.entries(port).filter(([member]) => OF_PORT.includes(member)))
      : port;
  return Array.isArray(ports) ? ports.map(knownOf) : ports;
}

/** The metadata of a model with these inputs and outputs; default: none. */
async function metadataOf(
  { context, wire }: Asked,
  name: string,
  ports: Metadata = { ...NO_METADATA, name },
): Promise<HttpResponse> {
  const reply = await wire.encodeMetadata?.({ ...ports, name }, context.request, [name]);
  return toResponse(reply ?? EMPTY);
}
