import type { Datatype } from '../../arrays/datatypes.ts';

/** TensorFlow's names of the datatypes. */
export const DATA_TYPES: Readonly<Record<Datatype, string>> = {
  BOOL: 'DT_BOOL',
  UINT8: 'DT_UINT8',
  UINT16: 'DT_UINT16',
  UINT32: 'DT_UINT32',
  UINT64: 'DT_UINT64',
  INT8: 'DT_INT8',
  INT16: 'DT_INT16',
  INT32: 'DT_INT32',
  INT64: 'DT_INT64',
  FP16: 'DT_HALF',
  BF16: 'DT_BFLOAT16',
  FP32: 'DT_FLOAT',
  FP64: 'DT_DOUBLE',
  BYTES: 'DT_STRING',
};

/** The datatypes by TensorFlow's names. */
export const OF_DATA_TYPE: ReadonlyMap<unknown, Datatype> = new Map(
  Object.entries(DATA_TYPES).map(([datatype, name]) => [name, datatype as Datatype]),
);
