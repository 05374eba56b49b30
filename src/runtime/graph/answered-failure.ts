import { isHttpStatus, type SeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { HttpResponse } from '../http/request.ts';
import { parseJson } from '../parse-json.ts';

/**
 * The error for an answer of a unit that is not 200, which ends a call of the graph as in the executor. The
 * graph answers with the same status and body, if they can say that and why it failed: a body has to be JSON,
 * and a redirect leads nowhere without its address.
 */
export function answeredFailure({ status, body, headers }: HttpResponse): SeldonError {
  const isSaid = canSayWhy(status);
  const bytes = Buffer.from(body);
  return graphError('GRAPH_NODE_FAILED', `the unit answered HTTP ${status}; expected 200`, {
    ...(isSaid && { status }),
    // Bytes are answered as they are.
    ...(isSaid && parseJson(bytes.toString()) !== undefined && { body: bytes }),
    headers: passedHeaders(headers),
  });
}

/** Whether an answer of this status has a body that a caller reads. */
export function canSayWhy(status: number): boolean {
  return isHttpStatus(status) && !/^(204|205|3..)$/.test(String(status));
}

/**
 * The headers of a unit's error that the graph answers with, wherever the unit runs: the others are between
 * the two.
 */
export function passedHeaders(headers: object): SeldonError['headers'] {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after');
  const value = String(given?.[1] ?? '');
  return /^[\x20-\x7e]{1,100}$/.test(value) ? { 'retry-after': value } : {};
}
