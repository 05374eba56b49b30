/** The facts in the body of an error, of a function or of the gateway before it. */
export interface Failure {
  /** `MICROSERVICE_BAD_DATA` and the like; undefined for an error of a gateway or of another server. */
  readonly reason?: unknown;
  /** The mistake; undefined where the body does not tell it. */
  readonly info?: unknown;
  /** Whether the gateway before the function wrote it. */
  readonly isOfGateway: boolean;
}

/**
 * Reads the body of an error, which may be any JSON or undefined: in Seldon's form, in that of the Open
 * Inference Protocol and of TensorFlow Serving, `{"error": ...}`, or in FastAPI's, `{"detail": ...}`, which
 * MLServer and KServe answer for requests that they cannot read.
 */
export function readFailure(json: unknown): Failure {
  const { status, error, detail, reason, message, Message = message } = Object(json) as Members;
  const ofSeldon = Object(status) as Members;
  const info = ofSeldon.info ?? error ?? detail;
  return {
    reason: ofSeldon.reason ?? (error && reason),
    info: info ?? Message,
    isOfGateway: info === undefined && Message !== undefined,
  };
}

type Members = Readonly<Record<string, unknown>>;
