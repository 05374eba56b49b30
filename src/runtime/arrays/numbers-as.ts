import { DATATYPES, type PlainDatatype } from './datatypes.ts';
import { type DataOf, type DType, holdsInteger, TYPED_ARRAY } from './dtype.ts';
import { fromBfloat16, roundToHalf, toBfloat16 } from './half.ts';
import { fillIntegers } from './int64.ts';
import { isNumberWord } from './number-word.ts';
import { areIntegers64, holdAll, typedNumbers } from './typed-numbers.ts';

/** Makes the error for a value that a datatype does not have. */
export type Refuse = (index: number, value: unknown) => Error;

type FloatDatatype = 'FP16' | 'BF16' | 'FP32' | 'FP64';

/**
 * Numbers as the data of a datatype; the very numbers for FP64.
 *
 * @throws the error that `refuse` makes for the first one that does not fit.
 */
export function numbersAs(numbers: Float64Array, datatype: PlainDatatype, refuse: Refuse): DataOf[DType] {
  const data = fittingNumbers(numbers, datatype);
  if (data === undefined) {
    const index = numbers.findIndex((value) => readElement(value, datatype) === undefined);
    throw refuse(index, numbers[index]);
  }
  return data;
}

/** Undefined when one does not fit. */
function fittingNumbers(numbers: Float64Array, datatype: PlainDatatype): DataOf[DType] | undefined {
  switch (datatype) {
    case 'FP16':
    case 'BF16': {
      const floats = new Float32Array(numbers.map(ROUND[datatype]));
      return holdAll(floats, numbers, true) ? floats : undefined;
    }
    case 'BOOL': {
      const booleans = Array.from(numbers, (value) => readElement(value, datatype));
      return booleans.includes(undefined) ? undefined : (booleans as boolean[]);
    }
    case 'INT64':
    case 'UINT64':
      return areIntegers64(numbers, datatype)
        ? fillIntegers(new TYPED_ARRAY[DATATYPES[datatype].dtype](numbers.length), numbers)
        : undefined;
    default:
      return typedNumbers(numbers, datatype);
  }
}

/**
 * One value as an element of a datatype; undefined for a value that it does not have. An integer may be a
 * bigint; a float may be null, which is NaN, or one of the words NaN, Infinity and -Infinity.
 */
export function readElement(value: unknown, datatype: PlainDatatype): number | bigint | boolean | undefined {
  if (datatype === 'BOOL') {
    return value === false || value === 0 || value === 0n
      ? false
      : value === true || value === 1 || value === 1n || undefined;
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
  const { bytes } = DATATYPES[datatype];
  const half = 2n ** BigInt(8 * bytes - 1);
  const [least, largest] = datatype[0] === 'U' ? [0n, 2n * half - 1n] : [-half, half - 1n];
  // Of a number beyond 2^53, only the text has all digits.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  const how = isRounded && bytes === 8 ? ', with all digits beyond 2^53' : '';
  return `a whole number from ${least} to ${largest} (${datatype})${how}`;
}

const ROUND: Readonly<Record<FloatDatatype, (value: number) => number>> = {
  FP16: roundToHalf,
  BF16: (value) => fromBfloat16(toBfloat16(value)),
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
  // A bigint is finite, also where the double nearest to it is not.
  const fits = Number.isFinite(rounded) || (typeof value !== 'bigint' && !Number.isFinite(value));
  return fits ? rounded : undefined;
}
