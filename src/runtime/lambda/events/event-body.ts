import { fromBase64, toBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';

/**
 * Lambda's limit for a synchronous response: 6 MB, and 100 bytes more, which the runtime allows.
 *
 * @see "Lambda quotas", Lambda developer guide; Lambda's own error: "exceeded maximum allowed payload size
 *   (6291556 bytes)"
 */
export const LAMBDA_MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/**
 * Reads an event's body: text stays as it is, base64 becomes bytes, null and undefined become undefined.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the body is not text, or is marked as base64 and is not
 *   base64.
 */
export function toBody(body: unknown, isBase64Encoded: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null) {
    return undefined;
  }
  if (typeof body !== 'string') {
    throw badData(`the event's body is of type ${typeof body}, expected a string`);
  }
  if (isBase64Encoded !== true) {
    return body;
  }
  const bytes = fromBase64(body);
  if (bytes === undefined) {
    throw badData('the event says isBase64Encoded, but its body is not base64');
  }
  return bytes;
}

/** Makes the two members for the body that all HTTP results have; bytes become base64. */
export function toResultBody(body: string | Uint8Array): { body: string; isBase64Encoded: boolean } {
  if (typeof body === 'string') {
    return { body, isBase64Encoded: false };
  }
  return { body: toBase64(body), isBase64Encoded: true };
}
