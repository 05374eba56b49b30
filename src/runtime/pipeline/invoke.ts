import type { Invocation } from '../invocation.ts';
import type { Metric } from '../model/message.ts';
import type { MethodName, With } from '../model/model.ts';
import { SeldonResponse } from '../model/seldon-response.ts';
import type { Answer, Inputs, RequestKind } from '../protocols/protocol.ts';
import type { Remembering } from '../state/state-writer.ts';
import { callMethod, describeModel, readyModel } from '../unit/call.ts';
import type { Ready, Unit } from '../unit/unit.ts';
import { toMetrics } from './model-metrics.ts';
import { toPayload } from './payload.ts';

/**
 * How a method of a model is called, as data, without HTTP.
 *
 * @typeParam M - the method. @typeParam K - the kind of request that it takes.
 */
export interface InvokeSpec<M extends MethodName, K extends RequestKind> {
  readonly method: M;
  readonly request: K;
  /** Calls the method of a model that has it. */
  call(model: With<M>, input: Inputs[K]): unknown;
  /**
   * Answers without the method; `declared`: the model has it, but it throws SeldonNotImplementedError. Without this: 400.
   */
  fallback?(input: Inputs[K], declared: boolean): unknown;
  /** Checks and changes the method's result; default: as it is. */
  result?(returned: unknown): unknown;
  /** Status when the model cannot be loaded or its method throws; default: the error's own. */
  readonly failureStatus?: number;
}

/**
 * Calls a method of a unit's model: no HTTP and no text in it, and no state, which {@link transact} keeps.
 *
 * @throws whatever the model throws, or its `modelErrorHandler` answers.
 */
export async function invoke<M extends MethodName, K extends RequestKind>(
  unit: Unit,
  spec: InvokeSpec<M, K>,
  input: Inputs[K],
): Promise<Answer> {
  const ready = await readyModel(unit, spec.failureStatus);
  const returned = await unit.trace.span('dispatch', () => callMethod(spec, ready, input));
  const { data, tags, metrics } = toResponse(returned);
  const payload = toPayload(spec.result === undefined ? data : spec.result(data));
  const own = await ownMetrics(ready, metrics);
  return {
    payload,
    classNames: () => describeModel(ready, 'classNames'),
    tags: [await describeModel(ready, 'tags'), tags],
    metrics: own,
  };
}

/**
 * Runs a call with the unit's state in step with the store, where it keeps one; a call that changes it may be run again.
 *
 * @param remembering - keeps the result with the state, so that a repeat of the call is known.
 */
export async function transact<T>(
  { state, stateful }: Ready,
  spec: { readonly method: MethodName; readonly request: RequestKind },
  { invocation, remembering }: { invocation: Invocation; remembering?: Remembering<T> | undefined },
  run: () => Promise<T>,
): Promise<T> {
  if (state === undefined || spec.request === 'none') {
    return run();
  }
  return stateful.includes(spec.method)
    ? state.update(invocation, run, remembering)
    : state.read(invocation, run);
}

function toResponse(returned: unknown): SeldonResponse {
  return returned instanceof SeldonResponse ? returned : new SeldonResponse(returned);
}

async function ownMetrics(ready: Ready, ofResult: SeldonResponse['metrics']): Promise<Metric[]> {
  // A plain attribute of this name is the class's own.
  const hasMetrics = typeof ready.model.metrics === 'function';
  const ofModel = hasMetrics ? await describeModel(ready, 'metrics') : undefined;
  return [
    ...(ofModel === undefined ? [] : toMetrics(ofModel)),
    ...(ofResult == null ? [] : toMetrics(ofResult)),
  ];
}
