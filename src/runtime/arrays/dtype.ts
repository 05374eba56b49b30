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
 * The types of elements, by numpy's names. Numbers from JSON are `float64`, but integers of which one is
 * beyond 2^53 are `int64` or `uint64`; other numeric dtypes come from `tftensor` or from your model.
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
export function isInteger(dtype: DType): dtype is IntegerType {
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

/**
 * The dtype of the plain values in lists. As in numpy, integers that no 64 bits hold are objects. Unlike in
 * numpy, so are integers among floats if a float would change their digits.
 */
export function dtypeOf(lists: readonly (readonly unknown[])[], mixed: MixedBooleans): DType {
  let size = 0;
  let numbers = 0;
  let bigints = 0;
  let booleans = 0;
  let strings = 0;
  for (const list of lists) {
    size += list.length;
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (typeof value === 'number') {
        numbers++;
      } else if (typeof value === 'string') {
        strings++;
      } else if (typeof value === 'bigint') {
        numbers++;
        bigints += isBigInteger(value) ? 1 : 0;
      } else if (typeof value === 'boolean') {
        booleans++;
      }
    }
  }
  if (numbers === size || (mixed === 'numbers' && numbers + booleans === size && numbers > 0)) {
    return bigints === 0 ? 'float64' : dtypeOfIntegers(lists.flat() as (number | bigint)[]);
  }
  if (booleans === size) {
    return 'bool';
  }
  if (strings === size) {
    return 'string';
  }
  return 'object';
}

/** The dtype of numbers of which some are integers beyond 2^53. */
function dtypeOfIntegers(flat: readonly (number | bigint)[]): DType {
  if (flat.some((value) => typeof value === 'number' && !Number.isSafeInteger(value))) {
    const isRounded = (value: unknown) => isBigInteger(value) && `${Number(value)}` !== `${value}`;
    return flat.some(isRounded) ? 'object' : 'float64';
  }
  const holdsAll = (dtype: IntegerType) => flat.every((value) => holdsInteger(dtype, BigInt(value)));
  return holdsAll('int64') ? 'int64' : holdsAll('uint64') ? 'uint64' : 'object';
}

type IntegerType = Extract<keyof typeof TYPED_ARRAY, `${string}int${string}`>;

/** Whether an integer can be an element of `dtype`. */
export function holdsInteger(dtype: IntegerType, value: bigint): boolean {
  const toInteger = dtype.startsWith('u') ? BigInt.asUintN : BigInt.asIntN;
  return toInteger(8 * TYPED_ARRAY[dtype].BYTES_PER_ELEMENT, value) === value;
}

/** Whether `value` is an integer that a number cannot hold for sure. */
export function isBigInteger(value: unknown): value is bigint {
  return typeof value === 'bigint' && !Number.isSafeInteger(Number(value));
}

/**
 * Whether `value` is a number, or a bigint that fits into a 64-bit integer; a larger bigint is an object, as
 * in numpy.
 */
export function isScalarNumber(value: unknown): value is number | bigint {
  if (typeof value === 'bigint') {
    return holdsInteger('int64', value) || holdsInteger('uint64', value);
  }
  return typeof value === 'number';
}
