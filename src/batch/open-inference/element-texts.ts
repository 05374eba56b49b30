import { readBinary } from '../../runtime/arrays/binary-values.ts';
import type { Datatype } from '../../runtime/arrays/datatypes.ts';
import { NdArray } from '../../runtime/arrays/ndarray.ts';
import { shortDoubles } from '../../runtime/arrays/short-float32.ts';
import { toBase64 } from '../../runtime/base64.ts';
import { SeldonError } from '../../runtime/errors.ts';
import { BadRow } from '../row.ts';

/** A tensor of an answer whose elements are bytes. */
export interface BinaryTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  /** `base64`: the elements of BYTES are no texts. */
  readonly contentType: string | undefined;
}

/**
 * Writes each element of a tensor as JSON, as the host would have: NaN and infinities are null, float32
 * numbers have the fewest digits that read back as the same one, and bytes that are no text are base64.
 *
 * @throws BadRow when the bytes are not those of the shape.
 */
export function elementTexts({ name, datatype, shape, bytes, contentType }: BinaryTensor): string[] {
  const content = readContent(bytes, { datatype, shape, place: `output ${name}` });
  if (!(content instanceof NdArray)) {
    return Array.from(content, (element) => JSON.stringify(textOf(element, contentType)));
  }
  const { data } = content;
  const numbers = data instanceof Float32Array ? shortDoubles(data) : data;
  return Array.from(numbers as ArrayLike<unknown>, (value) =>
    typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value),
  );
}

function readContent(...args: Parameters<typeof readBinary>): ReturnType<typeof readBinary> {
  try {
    return readBinary(...args);
  } catch (error) {
    throw error instanceof SeldonError ? new BadRow(error.message) : error;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(element: Uint8Array, contentType: string | undefined): string {
  try {
    return contentType === 'base64' ? toBase64(element) : UTF8.decode(element);
  } catch {
    return toBase64(element);
  }
}
