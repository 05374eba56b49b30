import type { PlainDatatype } from './datatypes.ts';
import type { DataOf, DType } from './dtype.ts';
import { toBfloat16, toHalf } from './half.ts';

/**
 * The bytes of numbers or booleans: little endian, row-major, without gaps.
 *
 * @param data - as `NdArray.data` has it.
 */
export function bytesOfNumbers(datatype: PlainDatatype, data: DataOf[DType]): Uint8Array {
  switch (datatype) {
    case 'BOOL':
      return Uint8Array.from(data as boolean[], Number);
    case 'FP16':
    case 'BF16':
      return bytesIn(new Uint16Array((data as Float32Array).map(datatype === 'FP16' ? toHalf : toBfloat16)));
    default:
      return bytesIn(data as Float64Array);
  }
}

/** The bytes of a view, as a view. */
export function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
