import type { APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { fromBase64, toBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import type { HttpResponse } from '../../http/request.ts';

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

/** Makes the result of an API Gateway of a response, in both of its formats; bytes become base64. */
export function toGatewayResult({
  status,
  headers,
  body,
}: HttpResponse): APIGatewayProxyResult & APIGatewayProxyStructuredResultV2 {
  const isBase64Encoded = typeof body !== 'string';
  return { statusCode: status, headers, body: isBase64Encoded ? toBase64(body) : body, isBase64Encoded };
}
