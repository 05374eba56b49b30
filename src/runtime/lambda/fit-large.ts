import { SeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';

/**
 * Makes a response fit that is large, or that is to be compressed.
 *
 * @param room - the bytes for headers and body.
 * @param isSmall - whether it is to be compressed only if it does not fit otherwise.
 * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit.
 */
export async function fitLarge(
  response: HttpResponse,
  request: Pick<HttpRequest, 'headers'>,
  { room, isSmall }: { readonly room: number; readonly isSmall: boolean },
): Promise<HttpResponse> {
  const { body, headers } = response;
  const limit = room - Buffer.byteLength(JSON.stringify(headers));
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
