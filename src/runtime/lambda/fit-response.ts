import type { Config } from '../config.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';

/** Bytes reserved for the status and the punctuation of the function's result. */
const ENVELOPE_BYTES = 512;
/** The most bytes that one character takes in JSON, as in `\u0000`. */
const MAX_BYTES_PER_CHARACTER = 6;
/** The same for a character of what is JSON already. */
const MAX_BYTES_IN_JSON = 3;

/**
 * Makes a response fit within the event source's size limit. It is compressed when the caller accepts gzip
 * and the body has COMPRESS_MIN_BYTES or more, or would not fit otherwise.
 *
 * @param response - with all its headers, because they count too.
 * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit when the response does not fit at all.
 */
export function fitResponse(
  response: HttpResponse,
  request: Pick<HttpRequest, 'headers'>,
  maxBytes: number,
  { COMPRESS_MIN_BYTES }: Pick<Config, 'COMPRESS_MIN_BYTES'>,
): HttpResponse | Promise<HttpResponse> {
  const { body, headers, isOpaque } = response;
  const isSmall = !Number.isFinite(COMPRESS_MIN_BYTES) || Buffer.byteLength(body) < COMPRESS_MIN_BYTES;
  // Most answers are so short that they fit without an exact count.
  const characters = body.length + charactersOf(headers);
  const room = maxBytes - ENVELOPE_BYTES;
  if (isSmall && characters * (isOpaque ? MAX_BYTES_PER_CHARACTER : MAX_BYTES_IN_JSON) <= room) {
    return response;
  }
  // Counting and compressing are a kilobyte of code that few answers need.
  return import('./fit-large.ts').then(({ fitLarge }) => fitLarge(response, request, { room, isSmall }));
}

/** Counts the characters of the headers as JSON, without escapes; the count may be slightly too high. */
function charactersOf(headers: HttpResponse['headers']): number {
  let count = 2;
  for (const name in headers) {
    count += name.length + (headers[name] as string).length + '"":"",'.length;
  }
  return count;
}
