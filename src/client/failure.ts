/** The facts in the body of an error, of a function or of the gateway before it. */
export interface Failure {
  /** `MICROSERVICE_BAD_DATA` and the like; undefined for an error of a gateway. */
  readonly reason?: unknown;
  /** The mistake; undefined where the body does not tell it. */
  readonly info?: unknown;
}

/** Reads the body of an error, which may be any JSON or undefined. */
export function readFailure(json: unknown): Failure {
  const { status, message, Message = message } = Object(json) as Record<string, unknown>;
  const { reason, info = Message } = Object(status) as Record<string, unknown>;
  return { reason, info };
}
