import type { Config } from '../config.ts';
import { NO_IMAGE } from '../container-image.ts';
import { readBody, readBytes } from '../http/body.ts';
import type { Endpoint, Routes } from '../http/endpoint.ts';
import { type HttpRequest, jsonResponse } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import { withLists } from '../json/array-marks.ts';
import type { Metric } from '../model/message.ts';
import type { MethodName, Model, With } from '../model/model.ts';
import { SeldonResponse } from '../model/seldon-response.ts';
import { protocolFor } from '../protocols/index.ts';
import type { Answer, Inputs, RequestKind } from '../protocols/protocol.ts';
import { traced } from '../telemetry/trace.ts';
import { callMethod, callRaw, describeModel, readyModel } from '../unit/call.ts';
import type { Loaded } from '../unit/load.ts';
import { rememberUnder } from './idempotency.ts';
import { toMetrics } from './model-metrics.ts';
import { observeCall } from './observe.ts';
import type { Outcome } from './outcome.ts';
import { toPayload } from './payload.ts';
import { passThrough, respondRaw } from './raw.ts';

/**
 * An endpoint that calls one method of the model, as data.
 *
 * @typeParam M - the method. @typeParam K - the kind of request that it takes.
 */
export interface MethodSpec<M extends MethodName, K extends RequestKind> {
  readonly method: M;
  readonly routes: Routes;
  /** The reference's word for the method, a label of every metric. */
  readonly metricTag: string;
  readonly request: K;
  /** How the method is called on a model that has it. */
  call(model: With<M>, input: Inputs[K]): unknown;
  /**
   * What is answered without the method; `declared`: it is there, but throws SeldonNotImplementedError.
   * Without this: 400.
   */
  fallback?(input: Inputs[K], declared: boolean): unknown;
  /** Checks and changes what the method returned; default: as it is. */
  result?(returned: unknown): unknown;
  /**
   * Metrics counted after a successful call beside the model's own; they are not answered. A raw method's
   * input is the JSON.
   */
  extraMetrics?(input: unknown, config: Config): readonly Metric[];
  /** Whether tags, metrics and requestPath of the request go into the answer; default true. */
  readonly carriesMeta?: boolean;
  /**
   * Whether PAYLOAD_PASSTHROUGH applies and a raw answer's `status.code` becomes the HTTP status; default
   * false.
   */
  readonly isPredict?: boolean;
  /** Status when the model cannot be loaded or its method throws; default: the error's own. */
  readonly failureStatus?: number;
}

/** The endpoint of a spec. Every model method is served by this one pipeline: parse, dispatch, respond. */
export function methodEndpoint<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
): Endpoint {
  return {
    routes: spec.routes,
    usesModel: true,
    respond: (request, config, invocation) =>
      observeCall(spec.metricTag, request, config, invocation, () => call(spec, request, config, invocation)),
  };
}

async function call<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
  request: HttpRequest,
  config: Config,
  invocation: Invocation,
): Promise<Outcome> {
  if (spec.isPredict === true && config.PAYLOAD_PASSTHROUGH) {
    const bytes = await traced('parse', () => readBytes(request));
    const loaded = await readyModel(spec);
    return withState(spec, loaded, invocation, () => passThrough(spec, loaded.model, bytes, config));
  }
  const read = async () => ({ json: await readRequest(spec, request) });
  let unused: { readonly json: unknown } | undefined = await read();
  const loaded = await readyModel(spec);
  const mayRepeat = loaded.state !== undefined && loaded.stateful.includes(spec.method);
  // Another run does not get what the one before it had: the model may have changed it.
  const readForRun = async () => {
    if (request.message !== undefined && mayRepeat) {
      return structuredClone(request.message);
    }
    const { json } = unused ?? (await read());
    unused = undefined;
    return json;
  };
  return withState(spec, loaded, invocation, async () =>
    callAndEncode(spec, loaded.model, await readForRun(), request, config),
  );
}

/** What the endpoint takes of the request. */
async function readRequest({ request: kind }: { readonly request: RequestKind }, request: HttpRequest) {
  if (kind === 'none') {
    return undefined;
  }
  return traced('parse', () => readBody(request, protocolFor(request).arrayPlaces(kind)));
}

/** Runs a call with the model's state in step with the store, where it keeps one. */
function withState(
  { method, request }: { readonly method: MethodName; readonly request: RequestKind },
  { state, stateful }: Loaded,
  invocation: Invocation,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  if (state === undefined || request === 'none') {
    return run();
  }
  return stateful.includes(method)
    ? state.update(invocation, run, rememberUnder(invocation.idempotencyKey))
    : state.read(invocation, run);
}

async function callAndEncode<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
  model: Model,
  json: unknown,
  request: HttpRequest,
  config: Config,
): Promise<Outcome> {
  const protocol = protocolFor(request);
  const places = protocol.arrayPlaces(spec.request);
  const rawArguments = () => (spec.request === 'none' ? [] : [places ? withLists(json, places) : json]);
  const raw = await callRaw(spec, model, rawArguments);
  const extraMetrics = (input: unknown) => spec.extraMetrics?.(input, config) ?? [];
  if (raw !== undefined) {
    const { response, metrics } = respondRaw(spec, raw.returned, config);
    return { response, metrics: [...metrics, ...extraMetrics(json)] };
  }

  const { input, carried } = await protocol.decode(spec.request, json, config.PREDICTIVE_UNIT_ID ?? '0');
  const returned = await traced('dispatch', () => callMethod(spec, model, input));
  const { data, tags, metrics } = toResponse(returned);
  const payload = toPayload(spec.result === undefined ? data : spec.result(data));
  const own = await ownMetrics(model, metrics);
  const answer: Answer = {
    payload,
    classNames: () => describeModel(model, 'classNames'),
    tags: [await describeModel(model, 'tags'), tags],
    metrics: config.INCLUDE_METRICS_IN_CLIENT_RESPONSE ? own : [],
  };
  const taken = spec.carriesMeta === false ? { ...carried, metas: [] } : carried;
  const body = await traced('respond', () => protocol.encode(answer, taken, unitPath(config)));
  return { response: jsonResponse(body), metrics: [...own, ...extraMetrics(input)] };
}

function toResponse(returned: unknown): SeldonResponse {
  return returned instanceof SeldonResponse ? returned : new SeldonResponse(returned);
}

async function ownMetrics(model: Model, ofResult: SeldonResponse['metrics']): Promise<Metric[]> {
  const hasMetrics = typeof model.metrics === 'function';
  const ofModel = hasMetrics ? await describeModel(model, 'metrics') : undefined;
  return [
    ...(ofModel === undefined ? [] : toMetrics(ofModel)),
    ...(ofResult == null ? [] : toMetrics(ofResult)),
  ];
}

function unitPath({ PREDICTIVE_UNIT_ID: id, PREDICTIVE_UNIT_IMAGE: image }: Config): Record<string, string> {
  return id === undefined || id === 'NOT_IMPLEMENTED' ? {} : { [id]: image ?? NO_IMAGE };
}
