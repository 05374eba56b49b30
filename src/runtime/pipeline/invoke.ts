import type { Invocation } from '../invocation.ts';
import type { MethodName, With } from '../model/model.ts';
import type { ModelCall } from '../model/model-call.ts';
import { SeldonResponse } from '../model/seldon-response.ts';
import type { Answer, Inputs, RequestKind } from '../protocols/protocol.ts';
import type { Remembering } from '../state/change.ts';
import type { Trace } from '../telemetry/trace.ts';
import { callMethod, describeModel, readyModel } from '../unit/call.ts';
import type { Ready, Unit } from '../unit/unit.ts';
import { toMetrics } from './model-metrics.ts';
import { toPayload } from './payload.ts';

/**
 * Describes how to call a method of a model, without HTTP.
 *
 * @typeParam M - the method.
 * @typeParam K - the kind of request that it takes.
 */
export interface InvokeSpec<M extends MethodName, K extends RequestKind> {
  readonly method: M;
  readonly request: K;
  /** Calls the method of a model that has it. */
  call(model: With<M>, input: Inputs[K], call: ModelCall): unknown;
  /**
   * Answers without the method. `declared`: the model has the method, but it throws
   * SeldonNotImplementedError. Without a fallback the answer is 400.
   */
  fallback?(input: Inputs[K], declared: boolean): unknown;
  /** Checks and converts the method's result; default: the result stays as it is. */
  result?(returned: unknown): unknown;
  /** Status when the model cannot be loaded or its method throws; default: the error's own. */
  readonly failureStatus?: number;
}

/** An answer, with the object that the method returned it in. */
export interface Invoked extends Answer {
  readonly response: SeldonResponse;
}

/**
 * Calls a method of a unit's model. It does not handle HTTP or text, nor the state, which {@link transact}
 * does.
 *
 * @throws the model's error, or the error that its `modelErrorHandler` answers.
 */
export async function invoke<M extends MethodName, K extends RequestKind>(
  unit: Unit,
  spec: InvokeSpec<M, K>,
  { input, call }: { readonly input: Inputs[K]; readonly call: ModelCall },
): Promise<Invoked> {
  const ready = await readyModel(unit, { remainingMs: () => call.remainingMs }, spec.failureStatus);
  return invokeReady(ready, unit.trace, { spec, input, call });
}

/** Like {@link invoke}, of a model that is ready. */
export async function invokeReady<M extends MethodName, K extends RequestKind>(
  ready: Ready,
  trace: Trace,
  {
    spec,
    input,
    call,
  }: { readonly spec: InvokeSpec<M, K>; readonly input: Inputs[K]; readonly call: ModelCall },
): Promise<Invoked> {
  const returned = await trace.span('dispatch', () => callMethod(spec, ready, input, call));
  const response = toResponse(returned);
  const { data, tags, metrics } = response;
  const result = spec.result === undefined ? data : spec.result(data);
  // Of an empty list nothing may come back: the answer is that a message is missing.
  const made = toPayload(result === undefined && isEmptyList(input) ? [] : result, spec.method);
  const payload = made instanceof Promise ? await made : made;
  // Not awaited where they are there: each await costs a small call.
  const counted = hasMetrics(ready) ? describeModel(ready, 'metrics', call) : undefined;
  const ownMetrics = counted instanceof Promise ? await counted : counted;
  const all = [...(ownMetrics === undefined ? [] : toMetrics(ownMetrics)), ...toMetrics(metrics ?? [])];
  const described = describeModel(ready, 'tags', call);
  const ownTags = described instanceof Promise ? await described : described;
  return {
    payload,
    classNames: () => describeModel(ready, 'classNames', call),
    tags: [ownTags, tags],
    metrics: all,
    response,
  };
}

/**
 * Runs a call on the unit's current state, if the unit keeps its state in a store. A call that changes the
 * state may be run again.
 *
 * @param remembering - stores the answer with the state, so that a repeat of the call is recognised.
 */
export function transact<T>(
  { state, stateful }: Ready,
  spec: { readonly method: MethodName; readonly request: RequestKind },
  { invocation, remembering }: { invocation: Invocation; remembering?: Remembering<T> | undefined },
  run: () => Promise<T>,
): Promise<T> {
  if (state === undefined || spec.request === 'none') {
    return run();
  }
  return remembering || stateful.includes(spec.method)
    ? state.update(invocation, run, remembering)
    : state.read(invocation, run);
}

/** Whether the unit keeps its state in a store, and this method may change it. */
export function changesState({ state, stateful }: Ready, method: MethodName): boolean {
  return state !== undefined && stateful.includes(method);
}

function isEmptyList(input: object): boolean {
  return 'features' in input && Array.isArray(input.features) && input.features.length === 0;
}

function toResponse(returned: unknown): SeldonResponse {
  return returned instanceof SeldonResponse ? returned : new SeldonResponse(returned);
}

/** An attribute that is not a list, such as a Map, belongs to the class itself and is not read. */
function hasMetrics({ model: { metrics } }: Ready): boolean {
  return typeof metrics === 'function' || Array.isArray(metrics);
}
