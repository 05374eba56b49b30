import { readBinary } from '../../arrays/binary-values.ts';
import type { Declared } from '../../arrays/declared.ts';
import { isLength } from '../../arrays/shape.ts';
import { badData } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../http/request.ts';
import type { Reply } from '../protocol.ts';
import { bytesOf } from '../tensors/binary-bytes.ts';
import { wrong } from './check.ts';
import { JSON_LENGTH } from './json-length.ts';

export { bytesOf };

/** Reads the tensors behind the JSON, in the order of the request. */
export interface BinaryReader {
  /** Reads the next tensor. `size`: its bytes, as the request says. */
  read(size: unknown, declared: Declared): ReturnType<typeof readBinary>;
  /** @throws SeldonError MICROSERVICE_BAD_DATA when bytes are left over. */
  end(): void;
}

/** Makes the reader of the bytes behind the JSON. */
export function openBinary(tail: Uint8Array): BinaryReader {
  let at = 0;
  return {
    read(size, declared) {
      if (!isLength(size)) {
        throw wrong(`${declared.place}: parameters.binary_data_size`, 'a number of bytes', size);
      }
      if (at + size > tail.length) {
        throw badData(`${declared.place}: expected ${size} bytes behind the JSON, got ${tail.length - at}`);
      }
      at += size;
      return readBinary(tail.subarray(at - size, at), declared);
    },
    end() {
      if (at < tail.length) {
        throw badData(`the inputs take ${at} bytes behind the JSON, got ${tail.length}`);
      }
    },
  };
}

/** A body of the binary extension. */
export interface BinaryBody {
  readonly json: string | Uint8Array;
  /** The bytes behind the JSON. */
  readonly tail: Uint8Array;
}

/**
 * Divides a body into its JSON and the bytes behind it. The header alone says that there are such bytes, and
 * not the content type, of which clients name many.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for a header that cannot be right, and for a body whose bytes
 *   were lost on their way, as a text.
 */
export function divideBody({ headers, body = '' }: HttpRequest): BinaryBody {
  const header = headers[JSON_LENGTH] as string;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = /^\d+$/.test(header) ? Number(header) : Number.NaN;
  if (!(length <= bytes.length)) {
    throw wrong(`header ${JSON_LENGTH}`, `the bytes of the JSON, of ${bytes.length} in all`, header);
  }
  if (length === 0) {
    throw badData(
      `header ${JSON_LENGTH}: expected the bytes of the JSON; a body without JSON is not supported`,
    );
  }
  if (typeof body === 'string' && length < bytes.length && !isWhole(body, bytes.length, headers)) {
    throw badData(
      'the bytes behind the JSON came as text, and some are lost; send the header content-type: application/octet-stream',
    );
  }
  return { json: bytes.subarray(0, length), tail: bytes.subarray(length) };
}

/** Whether a text has all the bytes that were sent: it has as many, and none became U+FFFD. */
function isWhole(text: string, length: number, headers: HttpResponse['headers']): boolean {
  return headers['content-length'] === String(length) && !text.includes('\ufffd');
}

/** Joins the JSON of an answer with the bytes of its tensors. */
export function joinBody(json: string, tensors: readonly Uint8Array[]): Reply {
  const jsonLength = Buffer.byteLength(json);
  // So that a client can look at numbers of eight bytes in place.
  const padded = Math.ceil(jsonLength / 8) * 8;
  const body = Buffer.allocUnsafe(tensors.reduce((size, bytes) => size + bytes.length, padded));
  body.write(json);
  body.fill(' ', jsonLength, padded);
  let at = padded;
  for (const bytes of tensors) {
    body.set(bytes, at);
    at += bytes.length;
  }
  const headers = { 'content-type': 'application/octet-stream', [JSON_LENGTH]: String(padded) };
  return { body, headers };
}
