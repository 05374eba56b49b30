import { fromBase64, toBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';

/**
 * What Lambda takes as a synchronous answer: 6 MB, and the 100 bytes that the runtime allows on top.
 *
 * @see "Lambda quotas", Lambda developer guide; its own error: "exceeded maximum allowed payload size
 *   (6291556 bytes)"
 */
export const LAMBDA_MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/**
 * An event's body: text as it is, base64 as bytes, null and undefined as undefined.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the body is not text, or said to be base64 and is not.
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

/** The two body members that all HTTP results share: bytes as base64. */
export function toResultBody(body: string | Uint8Array): { body: string; isBase64Encoded: boolean } {
  if (typeof body === 'string') {
    return { body, isBase64Encoded: false };
  }
  return { body: toBase64(body), isBase64Encoded: true };
}
