/**
 * The typed array (or plain array) that holds the elements of each dtype; complex numbers are stored re, im,
 * re, im.
 */
export interface DataOf {
  float64: Float64Array;
  float32: Float32Array;
  float16: Float32Array;
  bfloat16: Float32Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  complex64: Float32Array;
  complex128: Float64Array;
  bool: boolean[];
  string: string[];
  object: unknown[];
}

/**
 * The types of elements, by numpy's names. Numbers from JSON are `float64`; other numeric dtypes come from
 * `tftensor` or from your model.
 */
export type DType = keyof DataOf;

/** The typed array that holds the elements of each numeric dtype. */
export const TYPED_ARRAY = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;

/**
 * Whether nested lists that mix numbers and booleans count as numbers (what a model returns) or as objects
 * (what a request brings).
 */
export type MixedBooleans = 'numbers' | 'objects';

/** Whether arithmetic makes sense on `dtype`; as in numpy not on booleans, text, objects and bfloat16. */
export function isNumeric(dtype: DType): boolean {
  return dtype !== 'bool' && dtype !== 'string' && dtype !== 'object' && dtype !== 'bfloat16';
}

/** Whether its elements are whole numbers. */
export function isInteger(dtype: DType): boolean {
  return dtype.includes('int');
}

/** Whether an element consists of two numbers, its real and its imaginary part. */
export function isComplex(dtype: DType): boolean {
  return dtype === 'complex64' || dtype === 'complex128';
}

/** Whether `value` is one of JavaScript's typed arrays (bytes included, DataView not). */
export function isTypedArray(value: unknown): value is DataOf[keyof typeof TYPED_ARRAY] {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** The dtype whose elements a typed array holds. */
export function dtypeOfTypedArray(data: DataOf[keyof typeof TYPED_ARRAY]): DType {
  // By the tag and not by the class: a Float16Array exists in newer versions of node only.
  return data[Symbol.toStringTag].replace(/Big|(?:Clamped)?Array$/g, '').toLowerCase() as DType;
}

/** The dtype of a list of plain values. */
export function dtypeOf(flat: readonly unknown[], mixed: MixedBooleans): DType {
  let numbers = 0;
  let booleans = 0;
  let strings = 0;
  for (const value of flat) {
    if (isScalarNumber(value)) {
      numbers++;
    } else if (typeof value === 'boolean') {
      booleans++;
    } else if (typeof value === 'string') {
      strings++;
    }
  }
  if (numbers === flat.length) {
    return 'float64';
  }
  if (booleans === flat.length) {
    return 'bool';
  }
  if (strings === flat.length) {
    return 'string';
  }
  return mixed === 'numbers' && numbers + booleans === flat.length ? 'float64' : 'object';
}

/**
 * Whether `value` is a number, or a bigint that fits into a 64-bit integer; a larger bigint is an object, as
 * in numpy.
 */
export function isScalarNumber(value: unknown): value is number | bigint {
  if (typeof value === 'bigint') {
    return value >= -(2n ** 63n) && value < 2n ** 64n;
  }
  return typeof value === 'number';
}
