import { bytesOfNumbers } from '../../arrays/binary-bytes.ts';
import type { DataOf, DType } from '../../arrays/dtype.ts';
import { fillIntegers } from '../../arrays/int64.ts';
import type { AnswerTensor } from './answer-tensor.ts';

/**
 * The bytes of a tensor: little endian, row-major, without gaps. Each element of BYTES has its length in four
 * bytes before it; texts are UTF-8.
 */
export function bytesOf({ datatype, data }: Pick<AnswerTensor, 'datatype' | 'data'>): Uint8Array {
  if (datatype === 'BYTES') {
    return joined(data as readonly (string | Uint8Array)[]);
  }
  const isInDoubles = datatype.endsWith('INT64') && data instanceof Float64Array;
  const own = isInDoubles ? fillIntegers(new BigInt64Array(data.length), data) : data;
  return bytesOfNumbers(datatype, own as DataOf[DType]);
}

function joined(elements: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = elements.map((element) => (typeof element === 'string' ? Buffer.from(element) : element));
  const bytes = Buffer.allocUnsafe(parts.reduce((size, part) => size + 4 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    at = bytes.writeUInt32LE(part.length, at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
