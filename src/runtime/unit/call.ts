import { badData, isHttpStatus, SeldonError, SeldonNotImplementedError } from '../errors.ts';
import type { ErrorAnswer, MethodName, With } from '../model/model.ts';
import type { ModelCall } from '../model/model-call.ts';
import { show } from '../show.ts';
import { type Ready, type Unit, withStatus } from './unit.ts';

/** The part of an endpoint's spec that is needed to call its method. */
interface MethodCall<M extends MethodName, I> {
  readonly method: M;
  call(model: With<M>, input: I, call: ModelCall): unknown;
  fallback?(input: I, declared: boolean): unknown;
  readonly failureStatus?: number;
}

/** Waits until a unit's model is ready. `failureStatus`: the status to answer when it cannot be loaded. */
export async function readyModel(unit: Unit, failureStatus?: number): Promise<Ready> {
  try {
    return await unit.ready();
  } catch (error) {
    throw withStatus(error, failureStatus);
  }
}

/**
 * Calls the raw variant of a method. Undefined when the model has no raw variant, when the variant is not
 * implemented, or when it would have no arguments.
 *
 * @param readArguments - called only if the model has a raw variant.
 */
export function callRaw(
  spec: RawCall,
  ready: Ready,
  readArguments: (() => readonly unknown[]) | undefined,
  call: ModelCall,
): Promise<RawResult | undefined> | undefined {
  const { method } = spec;
  const methods = ready.model as Readonly<Record<string, unknown>>;
  // Most models have none: then there is no promise, because each costs a small call.
  if (methods[`${method}Raw`] === undefined && methods[`${method}Rest`] === undefined) {
    return undefined;
  }
  return readArguments && tryRaw(spec, ready, readArguments, call);
}

/** The part of an endpoint's spec that is needed to call the raw variant of its method. */
interface RawCall {
  readonly method: MethodName;
  readonly failureStatus?: number;
}

/** The result of a raw method, and the arguments that it got. */
interface RawResult {
  readonly returned: unknown;
  readonly args: readonly unknown[];
}

async function tryRaw(
  spec: RawCall,
  ready: Ready,
  readArguments: () => readonly unknown[],
  call: ModelCall,
): Promise<RawResult | undefined> {
  const methods = ready.model as Readonly<Record<string, unknown>>;
  for (const suffix of RAW_SUFFIXES) {
    const raw = methods[spec.method + suffix];
    if (typeof raw !== 'function') {
      continue;
    }
    const args = readArguments();
    try {
      return { returned: await callModel(spec, ready, call, () => raw.call(methods, ...args, call)), args };
    } catch (error) {
      if (!(error instanceof SeldonNotImplementedError)) {
        throw error;
      }
    }
  }
  return undefined;
}

/** `*Rest` are the reference's deprecated names for the same methods. */
const RAW_SUFFIXES = ['Raw', 'Rest'] as const;

/**
 * Calls a method, or its fallback if the model does not implement the method.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the model does not implement the method and it has no
 *   fallback.
 */
export async function callMethod<M extends MethodName, I>(
  spec: MethodCall<M, I>,
  ready: Ready,
  input: I,
  call: ModelCall,
): Promise<unknown> {
  const { model } = ready;
  const declared = typeof model[spec.method] === 'function';
  let why: string | undefined;
  if (declared) {
    try {
      return await callModel(spec, ready, call, () => spec.call(model as With<M>, input, call));
    } catch (error) {
      if (error instanceof TypeError) {
        throw (await import('./explain-type-error.ts')).explainTypeError(error, input, ready);
      }
      if (!(error instanceof SeldonNotImplementedError)) {
        throw error;
      }
      why = error.message;
    }
  }
  if (spec.fallback === undefined) {
    throw badData(why ?? `${spec.method.charAt(0).toUpperCase()}${spec.method.slice(1)} not defined`);
  }
  return spec.fallback(input, declared);
}

/**
 * The value of an optional method or plain attribute of the model; undefined when it is absent or not
 * implemented. Only a method makes a promise: few models have one, and each promise costs a small call.
 */
export function describeModel(
  ready: Ready,
  member: 'tags' | 'metrics' | 'classNames' | 'initMetadata',
  call?: ModelCall,
): unknown {
  const { model } = ready;
  const found: unknown = model[member];
  return typeof found === 'function' ? callDescription(ready, call, () => found.call(model, call)) : found;
}

async function callDescription(
  ready: Ready,
  call: ModelCall | undefined,
  code: () => unknown,
): Promise<unknown> {
  try {
    return await callModel({}, ready, call, code);
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      return undefined;
    }
    throw error;
  }
}

/** Runs code of the model. The model's own error handler may turn an error into an answer. */
async function callModel(
  { failureStatus }: { readonly failureStatus?: number },
  { model, run }: Ready,
  call: ModelCall | undefined,
  code: () => unknown,
): Promise<unknown> {
  try {
    return await run(code);
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      throw error;
    }
    const answer = await run(() => model.modelErrorHandler?.(error, call));
    if (answer != null) {
      throw answeredError(answer, error);
    }
    // If the endpoint has no status of its own, the model's error stays unchanged, with its stack for the
    // log.
    throw failureStatus === undefined ? error : withStatus(error, failureStatus);
  }
}

function answeredError({ status, body, headers = {} }: ErrorAnswer, cause: unknown): Error {
  if (!isHttpStatus(status)) {
    return new Error(
      `modelErrorHandler returned status ${show(status)}; expected an HTTP status from 200 to 599`,
      { cause },
    );
  }
  return new SeldonError('MODEL_ERROR', 'answered by modelErrorHandler', { status, body, headers, cause });
}
