import { fromData, type NdArray } from '../../arrays/ndarray.ts';
import { fromBase64 } from '../../base64.ts';
import { badData, SeldonError } from '../../errors.ts';
import { readJson } from '../../json/read-json.ts';
import type { Json } from '../../model/model.ts';
import { show } from '../../show.ts';
import type { Tensor } from './tensor.ts';

/** Content types of BYTES that mean something else than text. */
export type BytesType = 'base64' | 'json';

/**
 * The elements of a BYTES tensor as an array: of texts, of bytes (`base64`), or of JSON values (`json`). In
 * the binary extension, bytes are there as they are, and everything else as UTF-8.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for an element that is not what the type says.
 */
export async function decodeBytes(tensor: Tensor, type: BytesType | undefined): Promise<NdArray> {
  const elements = await readElements(tensor, type);
  return fromData(elements as string[], tensor.shape, type === undefined ? 'string' : 'object');
}

/** The elements of a BYTES tensor, in a list. */
export async function readElements(
  { content, place }: Tensor,
  type: BytesType | undefined,
): Promise<readonly unknown[]> {
  const read: unknown[] = [];
  for (const element of content as Iterable<string | Uint8Array>) {
    const where = () => `${place}.data[${read.length}]`;
    if (type === 'base64') {
      read.push(readBase64(element, where));
    } else {
      const text = readText(element, where);
      read.push(type === 'json' ? await readValue(text, where) : text);
    }
  }
  return read;
}

/** All empty elements: an object for each would take sixty times the bytes that came. */
const NO_BYTES: Uint8Array = Buffer.alloc(0);

function readBase64(element: string | Uint8Array, where: () => string): Uint8Array {
  if (element.length === 0) {
    return NO_BYTES;
  }
  const bytes = typeof element === 'string' ? fromBase64(element) : element;
  if (bytes === undefined) {
    throw badData(`${where()}: expected base64, as the content type says`);
  }
  return bytes;
}

// A byte order mark is a character of the text.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text, or that of UTF-8 bytes. @throws SeldonError MICROSERVICE_BAD_DATA for other bytes. */
export function readText(element: string | Uint8Array, where: () => string): string {
  if (typeof element === 'string') {
    return element;
  }
  try {
    return UTF8.decode(element);
  } catch (cause) {
    throw badData(
      `${where()}: the bytes are not UTF-8; bytes that are no text have parameters.content_type base64`,
      cause,
    );
  }
}

async function readValue(text: string, where: () => string): Promise<Json> {
  try {
    return (await readJson(text)) as Json;
  } catch (error) {
    throw error instanceof SeldonError
      ? badData(`${where()}: expected JSON, got ${show(text)}`, error)
      : error;
  }
}
