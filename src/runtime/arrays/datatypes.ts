import type { DType } from './dtype.ts';

/** The dtype of each datatype of the Open Inference Protocol, and the bytes of an element; 0: they vary. */
export const DATATYPES = {
  BOOL: { dtype: 'bool', bytes: 1 },
  UINT8: { dtype: 'uint8', bytes: 1 },
  UINT16: { dtype: 'uint16', bytes: 2 },
  UINT32: { dtype: 'uint32', bytes: 4 },
  UINT64: { dtype: 'uint64', bytes: 8 },
  INT8: { dtype: 'int8', bytes: 1 },
  INT16: { dtype: 'int16', bytes: 2 },
  INT32: { dtype: 'int32', bytes: 4 },
  INT64: { dtype: 'int64', bytes: 8 },
  FP16: { dtype: 'float16', bytes: 2 },
  BF16: { dtype: 'bfloat16', bytes: 2 },
  FP32: { dtype: 'float32', bytes: 4 },
  FP64: { dtype: 'float64', bytes: 8 },
  BYTES: { dtype: 'object', bytes: 0 },
} as const satisfies Readonly<Record<string, { readonly dtype: DType; readonly bytes: number }>>;

/** The type of a tensor's elements, in the words of the Open Inference Protocol. */
export type Datatype = keyof typeof DATATYPES;

/** A datatype whose elements are numbers or booleans. */
export type PlainDatatype = Exclude<Datatype, 'BYTES'>;

/** Whether a value is the name of a datatype. They are in upper case. */
export function isDatatype(value: unknown): value is Datatype {
  return typeof value === 'string' && Object.hasOwn(DATATYPES, value);
}

/** The datatype of a dtype; undefined for complex numbers, which have none. */
export function datatypeOf(dtype: DType): Datatype | undefined {
  return dtype === 'string' ? 'BYTES' : OF_DTYPE.get(dtype);
}

const OF_DTYPE = new Map<DType, Datatype>(
  Object.entries(DATATYPES).map(([datatype, { dtype }]) => [dtype, datatype as Datatype]),
);
