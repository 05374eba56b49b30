import { badData, isHttpStatus, SeldonError, SeldonNotImplementedError } from '../errors.ts';
import type { ErrorAnswer, MethodName, With } from '../model/model.ts';
import { show } from '../show.ts';
import { type Ready, type Unit, withStatus } from './unit.ts';

/** What has to be known of an endpoint to call its method. */
interface MethodCall<M extends MethodName, I> {
  readonly method: M;
  call(model: With<M>, input: I): unknown;
  fallback?(input: I, declared: boolean): unknown;
  readonly failureStatus?: number;
}

/** A unit's model, ready; `failureStatus`: the status to answer when it cannot be loaded. */
export async function readyModel(unit: Unit, failureStatus?: number): Promise<Ready> {
  try {
    return await unit.ready();
  } catch (error) {
    throw withStatus(error, failureStatus);
  }
}

/**
 * Calls the raw variant of a method; undefined when the model has none, or does not implement it, or there are no arguments
 * for it.
 *
 * @param readArguments - called only if the model has one.
 */
export async function callRaw(
  spec: { readonly method: MethodName; readonly failureStatus?: number },
  ready: Ready,
  readArguments: (() => readonly unknown[]) | undefined,
): Promise<{ readonly returned: unknown; readonly args: readonly unknown[] } | undefined> {
  const { model } = ready;
  const methods = model as Readonly<Record<string, unknown>>;
  // The `*Rest` names are the reference's deprecated ones for the same thing.
  const raw = methods[`${spec.method}Raw`] ?? methods[`${spec.method}Rest`];
  if (typeof raw !== 'function' || readArguments === undefined) {
    return undefined;
  }
  const args = readArguments();
  try {
    return { returned: await callModel(spec, ready, () => raw.apply(model, args)), args };
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Calls a method, or gives what is answered without it.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the model has no such method and there is no fallback.
 */
export async function callMethod<M extends MethodName, I>(
  spec: MethodCall<M, I>,
  ready: Ready,
  input: I,
): Promise<unknown> {
  const { model } = ready;
  const declared = typeof model[spec.method] === 'function';
  let why = `${spec.method.charAt(0).toUpperCase()}${spec.method.slice(1)} not defined`;
  if (declared) {
    try {
      return await callModel(spec, ready, () => spec.call(model as With<M>, input));
    } catch (error) {
      if (!(error instanceof SeldonNotImplementedError)) {
        throw error;
      }
      why = error.message;
    }
  }
  if (spec.fallback === undefined) {
    throw badData(why);
  }
  return spec.fallback(input, declared);
}

/**
 * What an optional method or plain attribute of the model gives; undefined when it is absent or not
 * implemented.
 */
export async function describeModel(
  ready: Ready,
  member: 'tags' | 'metrics' | 'classNames' | 'initMetadata',
): Promise<unknown> {
  const { model } = ready;
  const found: unknown = model[member];
  if (typeof found !== 'function') {
    return found;
  }
  try {
    return await callModel({}, ready, () => found.call(model));
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      return undefined;
    }
    throw error;
  }
}

/** Runs the model's code; its own error handler may turn what it throws into an answer. */
async function callModel(
  { failureStatus }: { readonly failureStatus?: number },
  { model, run }: Ready,
  code: () => unknown,
): Promise<unknown> {
  try {
    return await run(code);
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      throw error;
    }
    const answer = await run(() => model.modelErrorHandler?.(error));
    if (answer != null) {
      throw answeredError(answer, error);
    }
    // Without a status of the endpoint's own, the model's error stays what it is, with its stack for the log.
    throw failureStatus === undefined ? error : withStatus(error, failureStatus);
  }
}

function answeredError({ status, body }: ErrorAnswer, cause: unknown): Error {
  if (!isHttpStatus(status)) {
    return new Error(
      `modelErrorHandler answered status ${show(status)}; expected an HTTP status from 200 to 599`,
      { cause },
    );
  }
  return new SeldonError('MODEL_ERROR', 'answered by modelErrorHandler', { status, body, cause });
}
