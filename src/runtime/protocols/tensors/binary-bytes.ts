import { toBfloat16, toHalf } from '../../arrays/half.ts';
import { fillIntegers } from '../../arrays/int64.ts';
import type { AnswerTensor } from './answer-tensor.ts';

/**
 * The bytes of a tensor: little endian, row-major, without gaps. Each element of BYTES has its length in four
 * bytes before it; texts are UTF-8.
 */
export function bytesOf({ datatype, data }: Pick<AnswerTensor, 'datatype' | 'data'>): Uint8Array {
  switch (datatype) {
    case 'BYTES':
      return joined(data as readonly (string | Uint8Array)[]);
    case 'BOOL':
      return Uint8Array.from(data as boolean[], Number);
    case 'FP16':
    case 'BF16':
      return bytesIn(new Uint16Array((data as Float32Array).map(datatype === 'FP16' ? toHalf : toBfloat16)));
    case 'INT64':
    case 'UINT64':
      return bytesIn(data instanceof Float64Array ? toIntegers(data) : (data as BigInt64Array));
    default:
      return bytesIn(data as Float64Array);
  }
}

function toIntegers(numbers: Float64Array): BigInt64Array {
  const integers = new BigInt64Array(numbers.length);
  fillIntegers(integers, numbers);
  return integers;
}

function bytesIn({ buffer, byteOffset, byteLength }: Float64Array | Uint16Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
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
