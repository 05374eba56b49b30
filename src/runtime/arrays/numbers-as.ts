import { DATATYPES, type PlainDatatype } from './datatypes.ts';
import { type DataOf, type DType, holdsInteger, TYPED_ARRAY } from './dtype.ts';
import { fromBfloat16, roundToHalf, toBfloat16 } from './half.ts';
import { fillIntegers } from './int64.ts';
import { isNumberWord } from './number-word.ts';
import { areFloats, type Datatype64, notInteger64, typedNumbers } from './typed-numbers.ts';

/** Makes the error for a value that a datatype does not have. */
export type Refuse = (index: number, value: unknown) => Error;

type FloatDatatype = 'FP16' | 'BF16' | 'FP32' | 'FP64';

/**
 * Numbers as the data of a datatype; the very numbers for FP64.
 *
 * @throws the error that `refuse` makes for the first one that does not fit.
 */
export function numbersAs(numbers: Float64Array, datatype: PlainDatatype, refuse: Refuse): DataOf[DType] {
  switch (datatype) {
    case 'FP16':
      return checkedFloats(new Float32Array(numbers.map(roundToHalf)), numbers, refuse);
    case 'BF16':
      return checkedFloats(new Float32Array(numbers.map(roundToBfloat16)), numbers, refuse);
    case 'BOOL':
      return Array.from(numbers, (value, index) => {
        if (value !== 0 && value !== 1) {
          throw refuse(index, value);
        }
        return value === 1;
      });
    case 'INT64':
    case 'UINT64':
      return toIntegers64(numbers, datatype, refuse);
    default: {
      const typed = typedNumbers(numbers, datatype);
      if (typed === undefined) {
        const index = numbers.findIndex((value) => readElement(value, datatype) === undefined);
        throw refuse(index, numbers[index]);
      }
      return typed;
    }
  }
}

/**
 * One value as an element of a datatype; undefined for a value that it does not have. An integer may be a
 * bigint; a float may be null, which is NaN, or one of the words NaN, Infinity and -Infinity.
 */
export function readElement(value: unknown, datatype: PlainDatatype): number | bigint | boolean | undefined {
  if (datatype === 'BOOL') {
    return typeof value === 'boolean' ? value : value === 0 ? false : value === 1 ? true : undefined;
  }
  if (isFloat(datatype)) {
    return readFloat(value, datatype);
  }
  const { dtype } = DATATYPES[datatype];
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  return isWhole && holdsInteger(dtype, BigInt(value as number | bigint))
    ? (value as number | bigint)
    : undefined;
}

/** The elements of a datatype in words, for an error. @param value - that it does not have. */
export function expectedOf(datatype: PlainDatatype, value: unknown): string {
  if (datatype === 'BOOL') {
    return 'true or false (BOOL)';
  }
  if (isFloat(datatype)) {
    return `a number that fits (${datatype}), or null for NaN`;
  }
  const bits = BigInt(8 * DATATYPES[datatype].bytes);
  const [least, largest] = datatype.startsWith('U')
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  // Of a number beyond 2^53, only the text has all digits.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  const how =
    isRounded && bits === 64n ? ', beyond 2^53 with all digits and without exponent or fraction' : '';
  return `a whole number from ${least} to ${largest} (${datatype})${how}`;
}

const roundToBfloat16 = (value: number) => fromBfloat16(toBfloat16(value));

const ROUND: Readonly<Record<FloatDatatype, (value: number) => number>> = {
  FP16: roundToHalf,
  BF16: roundToBfloat16,
  FP32: Math.fround,
  FP64: (value) => value,
};

function isFloat(datatype: PlainDatatype): datatype is FloatDatatype {
  return datatype in ROUND;
}

function readFloat(value: unknown, datatype: FloatDatatype): number | undefined {
  if (value === null) {
    return Number.NaN;
  }
  if (isNumberWord(value)) {
    return Number(value);
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return undefined;
  }
  const number = Number(value);
  const rounded = ROUND[datatype](number);
  const overflows = Math.abs(rounded) === Number.POSITIVE_INFINITY && !isInfinite(value);
  return overflows ? undefined : rounded;
}

/** A bigint is finite, also where the double nearest to it is not. */
function isInfinite(value: number | bigint): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** Refuses numbers that have become infinite. */
function checkedFloats(floats: Float32Array, numbers: Float64Array, refuse: Refuse): Float32Array {
  if (!areFloats(floats, numbers)) {
    const index = floats.findIndex((float, i) => !Number.isFinite(float) && Number.isFinite(numbers[i]));
    throw refuse(index, numbers[index]);
  }
  return floats;
}

function toIntegers64(numbers: Float64Array, datatype: Datatype64, refuse: Refuse): DataOf[DType] {
  const wrong = notInteger64(numbers, datatype);
  if (wrong !== undefined) {
    throw refuse(wrong, numbers[wrong]);
  }
  const integers = new TYPED_ARRAY[DATATYPES[datatype].dtype](numbers.length);
  fillIntegers(integers, numbers);
  return integers;
}
