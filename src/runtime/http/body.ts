import { badData, SeldonError } from '../errors.ts';
import type { ArrayPlaces } from '../json/array-marks.ts';
import { readJson } from '../json/read-json.ts';
import { stringify } from '../json/write-json.ts';
import { isJsonType, mediaTypeOf } from './media-type.ts';
import type { HttpRequest } from './request.ts';

/**
 * Reads the JSON of a request: the event of a direct invocation, multipart parts, the form field `json`, the
 * query value `json`, or a JSON body, in this order.
 *
 * @param places - where a long list of numbers in JSON text may become an NdArray.
 * @throws SeldonError MICROSERVICE_BAD_DATA when there is no JSON, or it cannot be read.
 */
export async function readBody(request: HttpRequest, places?: ArrayPlaces): Promise<unknown> {
  if (request.message !== undefined) {
    return request.message;
  }
  const { body } = request;
  const mediaType = mediaTypeOf(request.headers);
  if (mediaType === 'multipart/form-data') {
    const { readMultipart } = await import('./multipart.ts');
    return readMultipart(body ?? '', request.headers['content-type'] as string);
  }
  const [field, another] =
    (mediaType === 'application/x-www-form-urlencoded' && readForm(body ?? '')) || request.query.json || [];
  const text = field || (isJsonType(mediaType) ? body : undefined);
  let cause: unknown;
  if (text?.length && another === undefined) {
    try {
      const json = readJson(text, places);
      return json instanceof Promise ? await json : json;
    } catch (error) {
      cause = error;
    }
  }
  const { explainBody } = await import('./explain-body.ts');
  throw explainBody(request, { text, isField: !!field, another, cause });
}

/** A direct invocation with its message as JSON text. */
export function withText({ message, ...request }: HttpRequest): HttpRequest {
  return { ...request, headers: { 'content-type': 'application/json' }, body: stringify(message) };
}

/** Copies the bytes of the body; empty without a body. */
export function readBytes(request: HttpRequest): Uint8Array {
  if (request.message !== undefined) {
    return Buffer.from(stringify(request.message));
  }
  // Not by `slice`: that of a Buffer is a view.
  return Buffer.from(request.body ?? '');
}

/** The values of a form's field `json`; undefined without one that has content. */
function readForm(body: string | Uint8Array): string[] | undefined {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString();
  const values = new URLSearchParams(text).getAll('json');
  return values.some(Boolean) ? values : undefined;
}

/**
 * Decompresses the body of a request; the request itself where it is not compressed.
 *
 * @param maxBytes - of the decompressed body.
 * @throws SeldonError MICROSERVICE_BAD_DATA, with 415 for an unknown encoding; 413 for a body that is too
 *   large.
 */
export function decompressed(request: HttpRequest, maxBytes: number): HttpRequest | Promise<HttpRequest> {
  const { body, headers } = request;
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (!encoding || encoding === 'identity' || !body?.length) {
    return request;
  }
  if (typeof body === 'string') {
    throw badData(
      `content-encoding ${encoding}: the event source passed the body as text, so its bytes are lost`,
    );
  }
  return decompress(request, { body, encoding, maxBytes });
}

async function decompress(
  request: HttpRequest,
  { body, encoding, maxBytes }: { body: Uint8Array; encoding: string; maxBytes: number },
): Promise<HttpRequest> {
  const { decompressBody } = await import('./compression.ts');
  const bytes = await decompressBody(body, encoding, maxBytes);
  if (bytes === undefined) {
    throw new SeldonError(
      'MICROSERVICE_BAD_DATA',
      `content-encoding: expected gzip, deflate or br, got ${encoding.slice(0, 80)}`,
      { status: 415 },
    );
  }
  const { 'content-encoding': _, ...headers } = request.headers;
  return { ...request, body: bytes, headers };
}
