import { fromBase64 } from '../client/base64.ts';

/** The packed numbers of `tensorContent`: little-endian, as on every machine that runs a browser. */
const PACKED = {
  DT_FLOAT: Float32Array,
  DT_DOUBLE: Float64Array,
  DT_INT32: Int32Array,
  DT_UINT8: Uint8Array,
  DT_INT8: Int8Array,
  DT_INT16: Int16Array,
  DT_UINT16: Uint16Array,
  DT_UINT32: Uint32Array,
  DT_INT64: BigInt64Array,
} as const;

/** The numbers of a TensorProto's `tensorContent`; undefined for types without numbers and unknown types. */
export function unpack(dtype: unknown, base64: unknown): number[] | undefined {
  if (typeof base64 !== 'string' || !Object.hasOwn(PACKED, String(dtype))) {
    return undefined;
  }
  const numbers = PACKED[dtype as keyof typeof PACKED];
  const buffer = fromBase64(base64)?.buffer;
  if (buffer === undefined || buffer.byteLength % numbers.BYTES_PER_ELEMENT !== 0) {
    return undefined;
  }
  return Array.from(new numbers(buffer), Number);
}
