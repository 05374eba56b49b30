import { isJsonType, mediaTypeOf } from '../http/media-type.ts';
import type { HttpResponse } from '../http/request.ts';

/**
 * A response whose body is text, if its content type is that of a text: a unit elsewhere answers with bytes,
 * which an event source would get in base64.
 */
export function withText(response: HttpResponse): HttpResponse {
  const { body, headers } = response;
  if (typeof body === 'string') {
    return response;
  }
  const type = mediaTypeOf(headers);
  return isJsonType(type) || type.startsWith('text/')
    ? { ...response, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() }
    : response;
}
