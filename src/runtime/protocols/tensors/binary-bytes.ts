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
  const lengthOf = (element: string | Uint8Array) =>
    typeof element === 'string' ? Buffer.byteLength(element) : element.length;
  const bytes = Buffer.allocUnsafe(elements.reduce((size, element) => size + 4 + lengthOf(element), 0));
  let at = 0;
  for (const element of elements) {
    at = bytes.writeUInt32LE(lengthOf(element), at);
    if (typeof element === 'string') {
      bytes.write(element, at);
    } else {
      bytes.set(element, at);
    }
    at += lengthOf(element);
  }
  return bytes;
}
