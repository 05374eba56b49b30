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
  const buffer = bytesOf(base64)?.buffer;
  if (buffer === undefined || buffer.byteLength % numbers.BYTES_PER_ELEMENT !== 0) {
    return undefined;
  }
  return Array.from(new numbers(buffer), Number);
}

/** The bytes of base64 text, in either alphabet; undefined for any other text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
