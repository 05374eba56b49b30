import type { DType } from './dtype.ts';

/** A type of TensorFlow's TensorProto. */
export interface TensorType {
  /** Its number in TensorFlow's DataType. */
  readonly number: number;
  readonly name: string;
  readonly dtype: DType;
  /** The field that holds elements of this type as a list. */
  readonly field: string;
  /** Bytes of an element in `tensorContent`; 0: `tensorContent` cannot contain this type. */
  readonly bytes: number;
}

/** A row per type, in the order of the fields of TensorType: with their names it would be twice as long. */
const ROWS: readonly (readonly [number, string, DType, string, number])[] = [
  [1, 'DT_FLOAT', 'float32', 'floatVal', 4],
  [2, 'DT_DOUBLE', 'float64', 'doubleVal', 8],
  [3, 'DT_INT32', 'int32', 'intVal', 4],
  [4, 'DT_UINT8', 'uint8', 'intVal', 1],
  [5, 'DT_INT16', 'int16', 'intVal', 2],
  [6, 'DT_INT8', 'int8', 'intVal', 1],
  [7, 'DT_STRING', 'object', 'stringVal', 0],
  [8, 'DT_COMPLEX64', 'complex64', 'scomplexVal', 8],
  [9, 'DT_INT64', 'int64', 'int64Val', 8],
  [10, 'DT_BOOL', 'bool', 'boolVal', 1],
  [14, 'DT_BFLOAT16', 'bfloat16', 'halfVal', 2],
  [17, 'DT_UINT16', 'uint16', 'intVal', 2],
  [18, 'DT_COMPLEX128', 'complex128', 'dcomplexVal', 16],
  [19, 'DT_HALF', 'float16', 'halfVal', 2],
  [22, 'DT_UINT32', 'uint32', 'uint32Val', 4],
  [23, 'DT_UINT64', 'uint64', 'uint64Val', 8],
];

/**
 * The types that a tftensor may have.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto
 */
export const TENSOR_TYPES: readonly TensorType[] = ROWS.map(([number, name, dtype, field, bytes]) => ({
  number,
  name,
  dtype,
  field,
  bytes,
}));
