import { badData, isHttpStatus, SeldonError, SeldonNotImplementedError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
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

/**
 * Waits until a unit's model is ready, as long as the call has time.
 *
 * @param failureStatus - the status to answer when it cannot be loaded.
 */
export async function readyModel(
  unit: Unit,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
  failureStatus?: number,
): Promise<Ready> {
  try {
    return await unit.ready(remainingMs);
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
  spec: { readonly method: MethodName; readonly failureStatus?: number },
  ready: Ready,
  readArguments: ReadArguments | undefined,
  call: ModelCall,
): Promise<RawResult | undefined> | undefined {
  const first = rawMethod(spec, ready, 'Raw') ?? rawMethod(spec, ready, 'Rest');
  if (first === undefined || readArguments === undefined) {
    return undefined;
  }
  return callImplemented(spec, ready, { readArguments, call });
}

/** Reads the arguments of a raw method. */
type ReadArguments = () => readonly unknown[] | Promise<readonly unknown[]>;

/** The result of a raw method, and the arguments that it got. */
interface RawResult {
  readonly returned: unknown;
  readonly args: readonly unknown[];
}

/** Calls the first of the raw methods that is implemented. */
async function callImplemented(
  spec: { readonly method: MethodName; readonly failureStatus?: number },
  ready: Ready,
  { readArguments, call }: { readArguments: ReadArguments; call: ModelCall },
): Promise<RawResult | undefined> {
  for (const suffix of RAW_SUFFIXES) {
    const raw = rawMethod(spec, ready, suffix);
    if (raw === undefined) {
      continue;
    }
    const args = await readArguments();
    try {
      return { returned: await ready.run(() => raw.call(ready.model, ...args, call)), args };
    } catch (thrown) {
      const error = await toAnswered(thrown, spec, ready, call);
      if (!(error instanceof SeldonNotImplementedError)) {
        throw error;
      }
    }
  }
  return undefined;
}

function rawMethod(
  { method }: { readonly method: MethodName },
  { model }: Ready,
  suffix: string,
): ((...args: unknown[]) => unknown) | undefined {
  const found = (model as Readonly<Record<string, unknown>>)[method + suffix];
  return typeof found === 'function' ? (found as (...args: unknown[]) => unknown) : undefined;
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
      return await ready.run(() => spec.call(model as With<M>, input, call));
    } catch (thrown) {
      const error = await toAnswered(thrown, spec, ready, call);
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
    return await ready.run(code);
  } catch (thrown) {
    const error = await toAnswered(thrown, {}, ready, call);
    if (error instanceof SeldonNotImplementedError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The error to throw for one that code of the model threw: the model's own error handler may answer it. The
 * handler's own error is thrown at once. Not a wrapper around the call, which would be one promise more for
 * each.
 */
async function toAnswered(
  thrown: unknown,
  { failureStatus }: { readonly failureStatus?: number },
  { model, run }: Ready,
  call: ModelCall | undefined,
): Promise<unknown> {
  if (thrown instanceof SeldonNotImplementedError) {
    return thrown;
  }
  const answer = await run(() => model.modelErrorHandler?.(thrown, call));
  if (answer != null) {
    return answeredError(answer, thrown);
  }
  // If the endpoint has no status of its own, the model's error stays unchanged, with its stack for the log.
  return failureStatus === undefined ? thrown : withStatus(thrown, failureStatus);
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
