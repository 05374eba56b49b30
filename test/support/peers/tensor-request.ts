import type { DType, NdArray } from 'seldon-lambda';
import { toBfloat16, toHalf } from '../../../src/runtime/arrays/half.ts';

/** The datatype of each dtype that has one, and how many bytes an element takes; 0: they vary. */
export const DATATYPES = {
  bool: ['BOOL', 1],
  uint8: ['UINT8', 1],
  uint16: ['UINT16', 2],
  uint32: ['UINT32', 4],
  uint64: ['UINT64', 8],
  int8: ['INT8', 1],
  int16: ['INT16', 2],
  int32: ['INT32', 4],
  int64: ['INT64', 8],
  float16: ['FP16', 2],
  bfloat16: ['BF16', 2],
  float32: ['FP32', 4],
  float64: ['FP64', 8],
  string: ['BYTES', 0],
} as const satisfies { readonly [T in DType]?: readonly [string, number] };

/** A dtype that has a datatype. */
export type WireType = keyof typeof DATATYPES;

/** All dtypes that have a datatype. */
export const WIRE_TYPES = Object.keys(DATATYPES) as WireType[];

/** The JSON text of an array's elements: a flat list, or lists nested as its shape. */
export function toJsonText(array: NdArray, form: 'flat' | 'nested'): string {
  const texts = Array.from(array.toFlat(), (element) =>
    typeof element === 'string' ? JSON.stringify(element) : Object.is(element, -0) ? '-0' : String(element),
  );
  return form === 'nested' && array.shape.length > 0 ? nest(texts, array.shape) : `[${texts.join()}]`;
}

function nest(texts: readonly string[], [length = 0, ...inner]: readonly number[]): string {
  const size = texts.length / Math.max(length, 1);
  const rows = Array.from({ length }, (_, row) => texts.slice(row * size, (row + 1) * size));
  return `[${inner.length === 0 ? texts.join() : rows.map((row) => nest(row, inner)).join()}]`;
}

/** The bytes of an array's elements in the binary extension, written one by one. */
export function toWireBytes(array: NdArray): Uint8Array {
  const dtype = array.dtype as WireType;
  return Buffer.concat(Array.from(array.toFlat(), (element) => bytesOf(element, dtype)));
}

function bytesOf(element: unknown, dtype: WireType): Uint8Array {
  if (dtype === 'string') {
    const text = Buffer.from(element as string);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return Buffer.concat([length, text]);
  }
  const view = new DataView(new ArrayBuffer(DATATYPES[dtype][1]));
  WRITE[dtype](view, element as never);
  return new Uint8Array(view.buffer);
}

const WRITE: { readonly [T in Exclude<WireType, 'string'>]: (view: DataView, element: never) => void } = {
  bool: (view, element: boolean) => view.setUint8(0, Number(element)),
  uint8: (view, element: number) => view.setUint8(0, element),
  uint16: (view, element: number) => view.setUint16(0, element, true),
  uint32: (view, element: number) => view.setUint32(0, element, true),
  uint64: (view, element: bigint) => view.setBigUint64(0, element, true),
  int8: (view, element: number) => view.setInt8(0, element),
  int16: (view, element: number) => view.setInt16(0, element, true),
  int32: (view, element: number) => view.setInt32(0, element, true),
  int64: (view, element: bigint) => view.setBigInt64(0, element, true),
  float16: (view, element: number) => view.setUint16(0, toHalf(element), true),
  bfloat16: (view, element: number) => view.setUint16(0, toBfloat16(element), true),
  float32: (view, element: number) => view.setFloat32(0, element, true),
  float64: (view, element: number) => view.setFloat64(0, element, true),
};

/** A request of one input `x`; in binary with `Inference-Header-Content-Length`. */
export function tensorRequest(
  array: NdArray,
  form: 'flat' | 'nested' | 'binary',
  parameters?: Readonly<Record<string, unknown>>,
): { readonly headers: Record<string, string>; readonly body: Uint8Array } {
  const [datatype] = DATATYPES[array.dtype as WireType];
  const bytes = form === 'binary' ? toWireBytes(array) : new Uint8Array();
  const data =
    form === 'binary'
      ? `"parameters":{"binary_data_size":${bytes.length}}`
      : `"data":${toJsonText(array, form)}`;
  const input = `{"name":"x","shape":[${array.shape}],"datatype":"${datatype}",${data}}`;
  const json = Buffer.from(
    `{"id":"1",${parameters ? `"parameters":${JSON.stringify(parameters)},` : ''}"inputs":[${input}]}`,
  );
  return {
    headers: form === 'binary' ? { 'inference-header-content-length': `${json.length}` } : {},
    body: Buffer.concat([json, bytes]),
  };
}
