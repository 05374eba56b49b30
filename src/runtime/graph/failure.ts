import { isHttpStatus, type SeldonError, toSeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';

/** The header of an error that names the unit that failed. */
const FAILED_NODE = 'seldon-failed-node';

/**
 * The error for an answer of a unit that is not 200, which ends a call of the graph as in the executor. The
 * graph answers with the same status and body.
 */
export function answeredFailure(status: number, body: string | Uint8Array): SeldonError {
  return graphError('GRAPH_NODE_FAILED', `the unit answered HTTP ${status}; expected 200`, {
    // Without this, a status that no answer can have would become 500.
    ...(isHttpStatus(status) && { status }),
    // Bytes are answered as they are.
    body: Buffer.from(body),
  });
}

/** The error of a unit, with the unit's name in a header. The innermost unit counts. */
export function failedAt(unit: string, thrown: unknown): SeldonError {
  const error = toSeldonError(thrown);
  if (FAILED_NODE in error.headers) {
    return error;
  }
  return error.with({ headers: { ...error.headers, [FAILED_NODE]: encodeURIComponent(unit) } });
}

/** The name of the unit that failed; undefined when none did. */
export function failedUnit({ headers }: SeldonError): string | undefined {
  const name = headers[FAILED_NODE];
  return name === undefined ? undefined : decodeURIComponent(name);
}
