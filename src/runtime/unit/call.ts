import { badData, isHttpStatus, SeldonError, SeldonNotImplementedError, toSeldonError } from '../errors.ts';
import type { ErrorAnswer, MethodName, Model, With } from '../model/model.ts';
import { show } from '../show.ts';
import { type Loaded, loadModel } from './load.ts';

/** What has to be known of an endpoint to call its method. */
interface MethodCall<M extends MethodName, I> {
  readonly method: M;
  call(model: With<M>, input: I): unknown;
  fallback?(input: I, declared: boolean): unknown;
  readonly failureStatus?: number;
}

/** The model, ready; `failureStatus`: the status to answer with when it cannot be loaded. */
export function readyModel({ failureStatus }: { readonly failureStatus?: number }): Promise<Loaded> {
  return withStatus(failureStatus, loadModel);
}

/**
 * Calls the raw variant of a method; undefined when the model has none, or does not implement it.
 *
 * @param readArguments - asked only where it has one.
 */
export async function callRaw(
  spec: { readonly method: MethodName; readonly failureStatus?: number },
  model: Model,
  readArguments: () => readonly unknown[],
): Promise<{ readonly returned: unknown } | undefined> {
  const methods = model as Readonly<Record<string, unknown>>;
  // The `*Rest` names are the reference's deprecated ones for the same thing.
  const raw = methods[`${spec.method}Raw`] ?? methods[`${spec.method}Rest`];
  if (typeof raw !== 'function') {
    return undefined;
  }
  const args = readArguments();
  try {
    return { returned: await callModel(spec, model, () => raw.apply(model, args)) };
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
  model: Model,
  input: I,
): Promise<unknown> {
  const declared = typeof model[spec.method] === 'function';
  let why = `${spec.method.charAt(0).toUpperCase()}${spec.method.slice(1)} not defined`;
  if (declared) {
    try {
      return await callModel(spec, model, () => spec.call(model as With<M>, input));
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
  model: Model,
  member: 'tags' | 'metrics' | 'classNames' | 'initMetadata',
): Promise<unknown> {
  const found: unknown = model[member];
  if (typeof found !== 'function') {
    return found;
  }
  try {
    return await callModel({}, model, () => found.call(model));
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
  model: Model,
  run: () => unknown,
): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SeldonNotImplementedError) {
      throw error;
    }
    const answer = await model.modelErrorHandler?.(error);
    if (answer != null) {
      throw answeredError(answer, error);
    }
    return withStatus(failureStatus, () => Promise.reject(error));
  }
}

function answeredError({ status, body }: ErrorAnswer, cause: unknown): Error {
  if (!isHttpStatus(status)) {
    return new Error(
      `modelErrorHandler answered status ${show(status)}; expected an HTTP status from 200 to 599`,
      {
        cause,
      },
    );
  }
  return new SeldonError('MODEL_ERROR', 'answered by modelErrorHandler', { status, body, cause });
}

/** `run`, whose failure gets `status` when there is one. */
async function withStatus<T>(status: number | undefined, run: () => Promise<T>): Promise<T> {
  if (status === undefined) {
    return run();
  }
  try {
    return await run();
  } catch (error) {
    const { reason, info, isLogged } = toSeldonError(error);
    throw new SeldonError(reason, info, { status, cause: error, isLogged });
  }
}
