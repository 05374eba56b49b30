import type { Config } from './config.ts';
import { SeldonError } from './errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Room for status, headers and punctuation around the body in the function's result. */
const ENVELOPE_BYTES = 2048;

/**
 * `response` as it can be delivered: compressed when the caller accepts gzip and it is over COMPRESS_MIN_BYTES or would not
 * fit otherwise.
 *
 * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit when it does not fit at all.
 */
export async function fitResponse(
  response: HttpResponse,
  request: HttpRequest,
  maxBytes: number,
  { COMPRESS_MIN_BYTES }: Config,
): Promise<HttpResponse> {
  const length = response.body.length;
  const limit = maxBytes - ENVELOPE_BYTES;
  // A character takes 6 bytes at most, so most answers are known to fit without being counted.
  const fits = length * 6 <= limit || sizeInResult(response.body) <= limit;
  if (fits && length < COMPRESS_MIN_BYTES) return response;
  if (acceptsGzip(request) && length > 0) {
    const { compressBody } = await import('./compression.ts');
    const body = await compressBody(response.body);
    const compressed = {
      ...response,
      headers: { ...response.headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
      body,
    };
    if (sizeInResult(body) <= limit) return compressed;
  }
  if (fits) return response;
  throw new SeldonError(
    'MICROSERVICE_PAYLOAD_TOO_LARGE',
    `the answer takes ${sizeInResult(response.body)} bytes; at most ${limit} can be returned here`,
  );
}

/** Bytes that `body` takes inside the function's result, which is JSON itself: text with its quotes escaped, bytes as base64. */
function sizeInResult(body: string | Uint8Array): number {
  if (typeof body !== 'string') return Math.ceil(body.length / 3) * 4;
  const bytes = Buffer.byteLength(body);
  return bytes + countOf(body, '"') + countOf(body, '\\');
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function acceptsGzip({ headers }: HttpRequest): boolean {
  const gzip = headers['accept-encoding']
    ?.split(',')
    .find((encoding) => /^\s*(gzip|\*)\s*(;|$)/i.test(encoding));
  return gzip !== undefined && !/q=0(\.0*)?\s*$/i.test(gzip);
}
