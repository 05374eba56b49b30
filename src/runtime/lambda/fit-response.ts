import type { Config } from '../config.ts';
import { SeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';

/** Bytes reserved for the status and the punctuation of the function's result. */
const ENVELOPE_BYTES = 512;
/** The most bytes that one character takes in JSON, as in `\u0000`. */
const MAX_BYTES_PER_CHARACTER = 6;

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
  const { body, headers } = response;
  const isSmall = COMPRESS_MIN_BYTES === Number.POSITIVE_INFINITY || sizeOf(body) < COMPRESS_MIN_BYTES;
  // Most answers are so short that they fit without an exact count.
  const characters = body.length + charactersOf(headers);
  if (isSmall && characters * MAX_BYTES_PER_CHARACTER <= maxBytes - ENVELOPE_BYTES) {
    return response;
  }
  return fitLarge(response, request, { maxBytes, isSmall });
}

async function fitLarge(
  response: HttpResponse,
  request: Pick<HttpRequest, 'headers'>,
  { maxBytes, isSmall }: { readonly maxBytes: number; readonly isSmall: boolean },
): Promise<HttpResponse> {
  const { body, headers } = response;
  const limit = maxBytes - ENVELOPE_BYTES - sizeOf(JSON.stringify(headers));
  const fits = sizeInResult(response) <= limit;
  if (fits && isSmall) {
    return response;
  }
  if (acceptsGzip(request) && body.length > 0) {
    const { compressBody } = await import('../http/compression.ts');
    const compressed = await compressBody(body);
    const gzipped = { ...response, headers: asGzip(headers), body: compressed };
    if (sizeInResult(gzipped) <= limit) {
      return gzipped;
    }
  }
  if (fits) {
    return response;
  }
  throw new SeldonError(
    'MICROSERVICE_PAYLOAD_TOO_LARGE',
    `the answer takes ${sizeInResult(response)} bytes; at most ${limit} can be returned here`,
  );
}

/** Counts the characters of the headers as JSON, without escapes; the count may be slightly too high. */
function charactersOf(headers: HttpResponse['headers']): number {
  let count = 2;
  for (const name in headers) {
    count += name.length + (headers[name] as string).length + '"":"",'.length;
  }
  return count;
}

/**
 * Counts the bytes that a body takes in the function's result. The result is JSON: text is escaped, and bytes
 * become base64.
 */
function sizeInResult({ body, isOpaque }: HttpResponse): number {
  if (typeof body !== 'string') {
    return Math.ceil(body.length / 3) * 4;
  }
  if (isOpaque) {
    return Buffer.byteLength(JSON.stringify(body));
  }
  // In JSON text only two characters are left to escape. Counting them in 5 MB takes 3 ms; writing the text
  // once more takes 20 ms.
  return Buffer.byteLength(body) + countOf(body, '"') + countOf(body, '\\') + 2;
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    count++;
  }
  return count;
}

function sizeOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

function asGzip(headers: HttpResponse['headers']): HttpResponse['headers'] {
  const vary = headers.vary === undefined ? 'Accept-Encoding' : `${headers.vary}, Accept-Encoding`;
  return { ...headers, 'content-encoding': 'gzip', vary };
}

/** RFC 9110, 12.5.3: the weight of `gzip` counts; if there is none, the weight of `*`. */
function acceptsGzip({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  const weights = new Map<string, number>();
  for (const item of headers['accept-encoding']?.split(',') ?? []) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
