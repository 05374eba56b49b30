import type { DType } from '../../arrays/dtype.ts';

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

/**
 * The types that a tftensor may have.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto
 */
export const TENSOR_TYPES: readonly TensorType[] = [
  { number: 1, name: 'DT_FLOAT', dtype: 'float32', field: 'floatVal', bytes: 4 },
  { number: 2, name: 'DT_DOUBLE', dtype: 'float64', field: 'doubleVal', bytes: 8 },
  { number: 3, name: 'DT_INT32', dtype: 'int32', field: 'intVal', bytes: 4 },
  { number: 4, name: 'DT_UINT8', dtype: 'uint8', field: 'intVal', bytes: 1 },
  { number: 5, name: 'DT_INT16', dtype: 'int16', field: 'intVal', bytes: 2 },
  { number: 6, name: 'DT_INT8', dtype: 'int8', field: 'intVal', bytes: 1 },
  { number: 7, name: 'DT_STRING', dtype: 'object', field: 'stringVal', bytes: 0 },
  { number: 8, name: 'DT_COMPLEX64', dtype: 'complex64', field: 'scomplexVal', bytes: 8 },
  { number: 9, name: 'DT_INT64', dtype: 'int64', field: 'int64Val', bytes: 8 },
  { number: 10, name: 'DT_BOOL', dtype: 'bool', field: 'boolVal', bytes: 1 },
  { number: 14, name: 'DT_BFLOAT16', dtype: 'bfloat16', field: 'halfVal', bytes: 2 },
  { number: 17, name: 'DT_UINT16', dtype: 'uint16', field: 'intVal', bytes: 2 },
  { number: 18, name: 'DT_COMPLEX128', dtype: 'complex128', field: 'dcomplexVal', bytes: 16 },
  { number: 19, name: 'DT_HALF', dtype: 'float16', field: 'halfVal', bytes: 2 },
  { number: 22, name: 'DT_UINT32', dtype: 'uint32', field: 'uint32Val', bytes: 4 },
  { number: 23, name: 'DT_UINT64', dtype: 'uint64', field: 'uint64Val', bytes: 8 },
];
