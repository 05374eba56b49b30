import { SeldonError } from './errors.ts';

/**
 * A call of a server failed, or cannot be made. Its message is for the log: it may name hosts, tables and
 * accounts, which are no business of a caller.
 */
export class CallFailure extends Error {
  /** The failure in words that may be answered. */
  readonly summary: string;

  constructor(message: string, summary: string, cause?: unknown) {
    super(message, { cause });
    this.summary = summary;
  }
}

/** The server refuses a call for now, or was not reached: the call was not carried out. */
export class NotCarriedOut extends CallFailure {}

/** The error for a failure that another try will not mend, because the configuration is wrong. */
export function configurationError(failure: CallFailure): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', failure.message, { cause: failure });
}

/** The words for a failure that may be answered. */
export function summaryOf(error: unknown): string {
  if (error instanceof CallFailure) {
    return error.summary;
  }
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : 'it failed; the log says why';
}

/**
 * Runs something with the server that `variable` names. An error that another try will not mend names the
 * variable and not its value: an answer must not tell a caller which hosts, tables and accounts there are.
 * The log has all of it, as the error's cause.
 */
export async function named<T>(variable: string, run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SeldonError && error.cause instanceof CallFailure) {
      const { cause, reason, status } = error;
      // Another `named` around this one has nothing to add.
      const shown = new Error(cause.message, { cause: cause.cause });
      throw new SeldonError(reason, `${variable}: ${cause.summary}`, { cause: shown, status });
    }
    throw error;
  }
}

/** Codes of node for a connection that was never made. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
/** Codes of node for a server that is not the one that was expected. */
const UNTRUSTED = /CERT|^ERR_TLS|^ERR_SSL_WRONG/;

/**
 * The error for a broken connection: a SeldonError when no other try will help, because the server's
 * certificate is not trusted; NotCarriedOut when the connection was never made; otherwise CallFailure.
 */
export function connectionError(message: string, code: unknown, cause?: unknown): Error {
  const name = typeof code === 'string' ? code : 'the connection failed';
  if (UNTRUSTED.test(name)) {
    return configurationError(new CallFailure(message, name, cause));
  }
  return UNREACHED.includes(name)
    ? new NotCarriedOut(message, name, cause)
    : new CallFailure(message, name, cause);
}
