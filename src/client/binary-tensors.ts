import { bytesIn, bytesOfNumbers } from '../runtime/arrays/binary-bytes.ts';
import { readBinary } from '../runtime/arrays/binary-values.ts';
import type { DataOf, DType } from '../runtime/arrays/dtype.ts';
import { eachPart, readText } from './read-text.ts';
import type { Content } from './send.ts';
import type { Tensor } from './tensor.ts';
import { utf8 } from './utf8.ts';

export { readBinary };

/** The header that says how many bytes of a body are JSON; those of the tensors follow. */
export const JSON_LENGTH = 'inference-header-content-length';

/**
 * Reads an answer whose tensors may follow its JSON as bytes.
 *
 * @throws NoAnswer for an answer of more than `maxBytes`, decompressed.
 */
export async function readDivided(response: Response, maxBytes: number): Promise<Content> {
  const header = response.headers.get(JSON_LENGTH);
  if (header === null) {
    return readText(response, maxBytes);
  }
  const parts: Uint8Array[] = [];
  await eachPart(response, maxBytes, (part) => parts.push(part));
  const bytes = joined(parts);
  const length = /^\d+$/.test(header) ? Math.min(Number(header), bytes.length) : bytes.length;
  return { text: new TextDecoder().decode(bytes.subarray(0, length)), tail: bytes.subarray(length) };
}

/**
 * The body of a request whose tensors follow its JSON, and the headers that say so.
 *
 * @param json - gets spaces behind it, so that a server can look at numbers of eight bytes in place.
 */
export function joinBody(json: string, tensors: readonly Uint8Array[]) {
  const text = utf8(json);
  const padding = utf8(' '.repeat(-text.length & 7));
  return {
    body: joined([text, padding, ...tensors]),
    headers: {
      'content-type': 'application/octet-stream',
      [JSON_LENGTH]: String(text.length + padding.length),
    },
  };
}

/**
 * The bytes of a tensor: little endian, row-major, without gaps. Each element of BYTES has its length in four
 * bytes before it; texts are UTF-8.
 */
export function bytesOf({ datatype, data }: Tensor): Uint8Array {
  return datatype === 'BYTES'
    ? joined((data as readonly (string | Uint8Array)[]).flatMap(withLength))
    : bytesOfNumbers(datatype, data as DataOf[DType]);
}

function withLength(element: string | Uint8Array): readonly Uint8Array[] {
  const bytes = typeof element === 'string' ? utf8(element) : element;
  // Little-endian, as on every machine that runs this.
  return [bytesIn(Uint32Array.of(bytes.length)), bytes];
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
