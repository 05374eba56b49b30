import { kindOf, show } from './show.ts';

/**
 * Reason -> HTTP status. Any other reason is the model author's own; its default is 400.
 */
export const STATUS_OF = {
  MICROSERVICE_BAD_DATA: 400,
  MICROSERVICE_NOT_FOUND: 404,
  MICROSERVICE_METHOD_NOT_ALLOWED: 405,
  MICROSERVICE_PAYLOAD_TOO_LARGE: 413,
  MICROSERVICE_INTERNAL_ERROR: 500,
  MICROSERVICE_BAD_METRIC: 500,
  MICROSERVICE_BAD_METADATA: 500,
  MICROSERVICE_BAD_PARAMETER: 500,
  MICROSERVICE_BAD_STATE: 500,
  MICROSERVICE_NOT_IMPLEMENTED: 501,
  MICROSERVICE_STATE_UNAVAILABLE: 503,
  MICROSERVICE_TIMEOUT: 504,
  MICROSERVICE_STATE_TOO_LARGE: 507,
} as const;

/** The reasons that seldon-lambda answers by itself; a model may use these or any word of its own. */
export type Reason = keyof typeof STATUS_OF;

/**
 * An error with the HTTP status and reason that the caller gets to see.
 *
 * Answered as `{"status": {"status": 1, "info": info, "code": -1, "reason": reason}}`.
 *
 * @param reason - one of {@link Reason}, or a word of your own.
 * @param info - the mistake, its place, and what was expected; text, or any JSON value.
 * @param options - `status`: HTTP status 200..599 (default: the reason's own, 400 for your own reasons);
 *   `cause`: the error behind it, which is logged but never answered; `headers`: to send with the answer;
 *   `body`: sent as JSON instead of the usual error body.
 * @example throw new SeldonError('MY_REASON', 'age must not be negative', { status: 422 });
 * @see `SeldonMicroserviceException` of the Python wrapper
 */
export class SeldonError extends Error {
  override readonly name = 'SeldonError';
  readonly reason: string;
  readonly info: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** @internal Whether the log has it already. */
  readonly isLogged: boolean;

  constructor(
    reason: Reason | (string & {}),
    info: unknown,
    options: {
      status?: number;
      cause?: unknown;
      headers?: Readonly<Record<string, string>>;
      body?: unknown;
      isLogged?: boolean;
    } = {},
  ) {
    super(typeof info === 'string' ? info : show(info, Number.POSITIVE_INFINITY), { cause: options.cause });
    this.reason = reason;
    this.info = info;
    this.status = options.status ?? statusOf(reason);
    this.headers = options.headers ?? {};
    this.body = options.body;
    this.isLogged = options.isLogged ?? false;
  }

  /**
   * Copies this error with another status, info, headers or log mark; everything else stays, the stack too.
   *
   * @internal
   */
  with(changes: Partial<Pick<SeldonError, 'status' | 'info' | 'isLogged' | 'headers'>>): SeldonError {
    const all = { ...this, cause: this.cause, ...changes };
    const copy = new SeldonError(all.reason, all.info, all);
    // Read only when it is shown: a stack becomes text at its first use.
    Object.defineProperty(copy, 'stack', { configurable: true, get: () => this.stack });
    return copy;
  }
}

function statusOf(reason: string): number {
  // A reason may have the name of something that every object has, such as `constructor`.
  return Object.hasOwn(STATUS_OF, reason) ? STATUS_OF[reason as Reason] : 400;
}

/**
 * Thrown by a method that a class has but does not implement: the method then counts as absent.
 *
 * `predict` answers an empty array, `transformInput` and `transformOutput` the features, `healthStatus`
 * "not implemented - assuming healthy"; `route` and `aggregate` answer 400 with this error's message.
 *
 * @see `SeldonNotImplementedError` of the Python wrapper
 */
export class SeldonNotImplementedError extends Error {
  override readonly name = 'SeldonNotImplementedError';
}

/** An error of status 400: the request cannot be served. */
export function badData(info: string, cause?: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_DATA', info, { cause });
}

/**
 * Converts anything thrown into the error to answer; all but a SeldonError become 500
 * `MICROSERVICE_INTERNAL_ERROR`.
 */
export function toSeldonError(thrown: unknown): SeldonError {
  if (!(thrown instanceof SeldonError)) {
    return internalError(textOf(thrown), thrown);
  }
  return isHttpStatus(thrown.status)
    ? thrown
    : internalError(`${thrown.message} (thrown with status ${show(thrown.status)})`, thrown);
}

/** Whether `status` is an HTTP status that an answer can have. */
export function isHttpStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599;
}

function internalError(info: string, cause: unknown): SeldonError {
  return new SeldonError('MICROSERVICE_INTERNAL_ERROR', info, { cause });
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) {
    return typeof thrown === 'string' ? thrown : show(thrown, 1000);
  }
  try {
    return typeof thrown.message === 'string' ? thrown.message : show(thrown.message, 1000);
  } catch {
    return kindOf(thrown);
  }
}
