import type { Config } from '../config.ts';
import { SeldonError } from '../errors.ts';
import { readBytes } from '../http/body.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import type { Instance } from '../instance/instance.ts';
import type { Metric } from '../model/message.ts';
import type { MethodName } from '../model/model.ts';
import { createOnce } from '../once.ts';
import type { AnswerSettings, Call, Received, RequestKind } from '../protocols/protocol.ts';
import { toResponse } from '../protocols/reply.ts';
import type { EndpointName, Routes } from '../routes.ts';
import type { Remembering } from '../state/change.ts';
import { callRaw, readyModel } from '../unit/call.ts';
import { CallFacts } from '../unit/call-facts.ts';
import type { Ready } from '../unit/unit.ts';
import { changesState, type Invoked, type InvokeSpec, invokeReady, transact } from './invoke.ts';
import { observeCall } from './observe.ts';
import type { Outcome } from './outcome.ts';

// Few models have raw methods, and few callers send an Idempotency-Key.
const loadRaw = () => import('./raw.ts');
const loadIdempotency = () => import('./idempotency.ts');
// Seldon's protocol needs no description of a unit. An import that is repeated costs a small call 5 us.
const description = createOnce<typeof import('../unit/description.ts')>();
const loadDescription = () => description(() => import('../unit/description.ts'));

/**
 * Describes an endpoint that calls one method of the model.
 *
 * @typeParam M - the method.
 * @typeParam K - the kind of request that the endpoint takes.
 */
export interface MethodSpec<M extends MethodName, K extends RequestKind> extends InvokeSpec<M, K> {
  /** The reference's name for the method, a label of every metric. */
  readonly metricTag: string;
  /**
   * Metrics that are counted after a successful call, in addition to the model's own. They are not part of
   * the answer. For a raw method, `input` is the JSON.
   */
  extraMetrics?(input: unknown, config: Config): readonly Metric[];
  /** Whether tags, metrics and requestPath of the request go into the answer; default: true. */
  readonly carriesMeta?: boolean;
  /**
   * Whether PAYLOAD_PASSTHROUGH applies, and `status.code` of a raw answer becomes the HTTP status; default:
   * false.
   */
  readonly isPredict?: boolean;
}

/** An endpoint that calls one method of the model. */
export interface MethodEndpoint<M extends MethodName, K extends RequestKind> extends Endpoint {
  readonly spec: MethodSpec<M, K>;
}

/** Makes the endpoint of a spec. This pipeline serves every method of a model: parse, dispatch, respond. */
export function methodEndpoint<M extends MethodName, K extends RequestKind>(
  routes: EndpointName | Routes,
  spec: MethodSpec<M, K>,
): MethodEndpoint<M, K> {
  return {
    routes,
    spec,
    usesModel: true,
    respond: (context) => observeCall(spec.metricTag, context, (plain) => runCall(spec, plain)),
  };
}

/** Runs a whole call of a method: reads the request, calls the model, and writes the response. */
export async function runCall<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
  context: CallContext,
): Promise<Outcome> {
  const { request, invocation, unit, instance } = context;
  const { config } = instance;
  const facts = new CallFacts(request, invocation);
  const finish = (dispatched: Dispatched<K>) => respond(dispatched, instance);
  try {
    if (spec.isPredict === true && config.PAYLOAD_PASSTHROUGH) {
      const ready = await readyModel(unit, invocation, spec.failureStatus);
      const remembering = await rememberingOf(spec, context, ready);
      return await transact(ready, spec, { invocation, remembering }, async () => {
        const { passThrough } = await loadRaw();
        // Read for each run: the model may change its bytes.
        return passThrough(spec, ready, { bytes: readBytes(request), facts }, config);
      });
    }
    // Read before the model is loaded, so that the error for an unreadable body does not wait for the model.
    const first = await receive(spec, context);
    const ready = await readyModel(unit, invocation, spec.failureStatus);
    const called =
      first.mayTransform && ready.model[spec.method] === undefined
        ? (await import('./stand-in.ts')).standIn(spec, ready)
        : spec;
    if (ready.state === undefined) {
      // No run is repeated. Most models have no state, and each promise costs a small call.
      return await dispatch(called, { unit, instance, ready, received: first, facts }, finish);
    }
    const remembering = await rememberingOf(called, context, ready);
    const mayRepeat = remembering !== undefined || changesState(ready, called.method);
    const receiveForRun = receiver(called, context, { first, mayRepeat });
    return await transact(ready, called, { invocation, remembering }, async () =>
      dispatch(called, { unit, instance, ready, received: await receiveForRun(), facts }, finish),
    );
  } finally {
    facts.end();
  }
}

/** How the answer is remembered; undefined when the request has no Idempotency-Key or there is no state. */
function rememberingOf(
  { method }: { readonly method: MethodName },
  { request, invocation: { idempotencyKey } }: CallContext,
  ready: Ready,
): Promise<Remembering<Outcome> | undefined> | undefined {
  return idempotencyKey !== undefined && ready.state !== undefined
    ? loadIdempotency().then(({ rememberUnder }) => rememberUnder(idempotencyKey, method, request, ready))
    : undefined;
}

/** Reads the request's body as the kind of request that the endpoint takes. */
async function receive<K extends RequestKind>(
  { request: kind }: { readonly request: K },
  { request, protocol, instance }: CallContext,
): Promise<Received<K>> {
  const loading = protocol.wire();
  // Not awaited where it is there: each await costs a small call. A protocol that is loaded when it is needed
  // describes the unit: what it needs for that is loaded beside.
  const wire = loading instanceof Promise ? (await Promise.all([loading, loadDescription()]))[0] : loading;
  const read = wire.read[kind];
  if (read === undefined) {
    throw new SeldonError(
      'MICROSERVICE_NOT_FOUND',
      `${request.path} is not available in the protocol ${protocol.name}`,
    );
  }
  return kind === 'none' ? read(request) : instance.trace.span('parse', () => read(request));
}

/**
 * Gives each run its own message: a repeated run must not get the message of an earlier run, which the model
 * may have changed.
 */
function receiver<K extends RequestKind>(
  spec: { readonly request: K },
  context: CallContext,
  { first, mayRepeat }: { readonly first: Received<K>; readonly mayRepeat: boolean },
): () => Promise<Received<K>> {
  const { request, protocol } = context;
  const mayView = protocol.mayViewBody && typeof request.body !== 'string';
  const mayChange = mayRepeat && (request.message !== undefined || mayView);
  const kept = mayChange ? structuredClone(request) : request;
  let unused: Received<K> | undefined = first;
  return async () => {
    const own = unused ?? receive(spec, { ...context, request: mayChange ? structuredClone(kept) : kept });
    unused = undefined;
    return own;
  };
}

/** A received message on its way to the model. */
export interface Dispatch<K extends RequestKind> extends Pick<CallContext, 'unit' | 'instance'> {
  readonly ready: Ready;
  readonly received: Received<K>;
  readonly facts: CallFacts;
}

/** A call that the model has answered. */
export interface Dispatched<K extends RequestKind> {
  readonly call: Call<K>;
  readonly answer: Invoked;
  readonly settings: AnswerSettings;
  /** The model's, and those of the endpoint. */
  readonly metrics: readonly Metric[];
}

/**
 * Calls the model with a received message: its raw method, whose outcome is complete, or its method, whose
 * answer `finish` makes the result of.
 */
export async function dispatch<M extends MethodName, K extends RequestKind, T>(
  spec: MethodSpec<M, K>,
  { unit, instance, ready, received, facts }: Dispatch<K>,
  finish: (dispatched: Dispatched<K>) => T | Promise<T>,
): Promise<T | Outcome> {
  const { config, trace } = instance;
  const extraMetrics = (input: unknown) => spec.extraMetrics?.(input, config) ?? [];
  const called = callRaw(spec, ready, received.rawArguments, facts);
  const raw = called && (await called);
  if (raw !== undefined) {
    const { response, metrics } = (await loadRaw()).respondRaw(spec, raw.returned, config);
    return { response, metrics: [...metrics, ...extraMetrics(raw.args[0])] };
  }
  const decoded = received.decode(unit.settings.id ?? '0', ready.accepts, () =>
    loadDescription().then(({ describeUnit }) => describeUnit(unit, ready, instance)),
  );
  const call = decoded instanceof Promise ? await decoded : decoded;
  const answer = await invokeReady(ready, trace, { spec, input: call.input, call: facts });
  const settings: AnswerSettings = {
    unitPath: unit.path,
    carriesMeta: spec.carriesMeta !== false,
    showsMetrics: config.INCLUDE_METRICS_IN_CLIENT_RESPONSE,
    puid: facts.puid,
  };
  return finish({ call, answer, settings, metrics: [...answer.metrics, ...extraMetrics(call.input)] });
}

/** Writes the answer of the model as a response. */
export async function respond<K extends RequestKind>(
  { call, answer, settings, metrics }: Dispatched<K>,
  { trace }: Pick<Instance, 'trace'>,
): Promise<Outcome> {
  const reply = await trace.span('respond', () => call.encode(answer, settings));
  const { headers, status } = answer.response;
  const response = toResponse(reply);
  if (headers == null && status == null) {
    return { response, metrics };
  }
  const { withOwn } = await import('./own-response.ts');
  return { response: withOwn(response, answer.response), metrics };
}
