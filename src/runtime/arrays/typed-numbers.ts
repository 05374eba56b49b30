import { DATATYPES, type PlainDatatype } from './datatypes.ts';
import { type DataOf, type DType, TYPED_ARRAY } from './dtype.ts';

/** The datatypes whose elements are numbers as a typed array of the language has them. */
export type NumberDatatype = Exclude<PlainDatatype, 'BOOL' | 'FP16' | 'BF16' | Datatype64>;

/**
 * Numbers as the typed array of a datatype; the very numbers for FP64. Undefined when one of them does not
 * fit.
 */
export function typedNumbers(numbers: Float64Array, datatype: NumberDatatype): DataOf[DType] | undefined {
  if (datatype === 'FP64') {
    return numbers;
  }
  // `from` takes eight times as long, and with a function thirty times.
  const typed = new TYPED_ARRAY[DATATYPES[datatype].dtype as 'float32'](numbers);
  return holdAll(typed, numbers, datatype === 'FP32') ? typed : undefined;
}

/**
 * Whether no number has wrapped around or lost a fraction; of `areFloats`, whether none has become infinite.
 */
export function holdAll(typed: ArrayLike<number>, numbers: Float64Array, areFloats: boolean): boolean {
  for (let i = 0; i < typed.length; i++) {
    const value = typed[i] as number;
    const number = numbers[i] as number;
    // Only a finite number minus itself is 0.
    if (value !== number && (!areFloats || (value - value !== 0 && number - number === 0))) {
      return false;
    }
  }
  return true;
}

/** The datatypes whose elements are bigints. */
export type Datatype64 = 'INT64' | 'UINT64';

/** Whether all numbers are integers of a datatype. Beyond 2^53 none is: nobody knows its last digits. */
export function areIntegers64(numbers: Float64Array, datatype: Datatype64): boolean {
  const least = datatype === 'INT64' ? Number.NEGATIVE_INFINITY : 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (!Number.isSafeInteger(value) || value < least) {
      return false;
    }
  }
  return true;
}
