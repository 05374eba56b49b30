import { badData, SeldonError } from '../errors.ts';
import type { ArrayPlaces } from '../json/array-marks.ts';
import { checkDepth } from '../json/depth.ts';
import { readJson } from '../json/read-json.ts';
import { stringify } from '../json/write-json.ts';
import { show } from '../show.ts';
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
    return checkDepth(request.message);
  }
  const body = await decompress(request);
  const mediaType = mediaTypeOf(request.headers);
  if (mediaType === 'multipart/form-data') {
    const { readMultipart } = await import('./multipart.ts');
    return readMultipart(body ?? '', request.headers['content-type'] as string);
  }
  const text =
    (mediaType === 'application/x-www-form-urlencoded' && readForm(body ?? '')) || request.query.json?.[0];
  if (text) {
    return readField(text, places);
  }
  if (!body?.length || !isJsonType(mediaType)) {
    throw badData("Can't find JSON in data");
  }
  return readJson(body, places);
}

/** Reads the bytes of the body, decompressed and otherwise unchanged; empty without a body. */
export async function readBytes(request: HttpRequest): Promise<Uint8Array> {
  if (request.message !== undefined) {
    return Buffer.from(stringify(request.message));
  }
  const body = (await decompress(request)) ?? '';
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function readForm(body: string | Uint8Array): string | null {
  return new URLSearchParams(typeof body === 'string' ? body : Buffer.from(body).toString()).get('json');
}

async function readField(text: string, places?: ArrayPlaces): Promise<unknown> {
  try {
    return await readJson(text, places);
  } catch (error) {
    throw badData(`the field json is not JSON: ${show(text)}`, error);
  }
}

async function decompress({ body, headers }: HttpRequest): Promise<string | Uint8Array | undefined> {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (!encoding || encoding === 'identity' || !body?.length) {
    return body;
  }
  if (typeof body === 'string') {
    throw badData(
      `content-encoding ${encoding}: the event source passed the body as text, so its bytes are lost`,
    );
  }
  const { decompressBody } = await import('./compression.ts');
  const bytes = await decompressBody(body, encoding);
  if (bytes === undefined) {
    throw new SeldonError(
      'MICROSERVICE_BAD_DATA',
      `content-encoding ${encoding.slice(0, 80)} is not known; expected gzip, deflate or br`,
      { status: 415 },
    );
  }
  return bytes;
}
