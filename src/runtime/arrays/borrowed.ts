import type { DataOf, DType } from './dtype.ts';
import { ReadNumbers } from './forms.ts';
import { NdArray } from './ndarray.ts';

/** What is known of numbers that are lent, for all of their readers. */
export interface Lent {
  /** Whether {@link arePlain}; undefined until somebody wants to know. */
  isPlain?: boolean;
}

/** Numbers that several arrays share. An array copies them before it hands them out to be changed. */
class SharedNumbers extends ReadNumbers {
  readonly known: Lent;

  constructor(numbers: Float64Array, as: 'nested' | 'flat', known: Lent) {
    super(numbers, as);
    this.known = known;
  }

  override toData(): DataOf[DType] {
    return (this.held as Float64Array).slice();
  }
}

/**
 * An array over numbers that belong to somebody else: whoever gets it may change it, and changes a copy of
 * his own. Nothing is copied before that.
 *
 * @param as - the lists that the array has, as of a request: nested, or one flat list.
 * @param known - the same object whenever these numbers are lent.
 */
export function lend(
  numbers: Float64Array,
  shape: readonly number[],
  as: 'nested' | 'flat',
  known: Lent,
): NdArray {
  return new NdArray(shape.slice(), 'float64', new SharedNumbers(numbers, as, known));
}

/** The numbers that an array has been lent, if JSON carries them and nobody can have changed them. */
export function lentNumbers({ form }: NdArray): Float64Array | undefined {
  if (!(form instanceof SharedNumbers)) {
    return undefined;
  }
  const { known } = form;
  const numbers = form.held as Float64Array;
  known.isPlain ??= arePlain(numbers, false);
  return known.isPlain ? numbers : undefined;
}

/** From here on, JSON text of a whole number is read as an integer of 64 bits. */
const BIG = 2 ** 53;

/**
 * Whether JSON text carries the numbers without a change: not one that JSON does not have, or a big one. Text
 * makes 0 of -0, and so does this where the numbers are the reader's own.
 */
export function arePlain(numbers: Float64Array, areOwn: boolean): boolean {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    // NaN fails both comparisons.
    if (!(value < BIG && value > -BIG) || (!areOwn && Object.is(value, -0))) {
      return false;
    }
    if (areOwn) {
      numbers[i] = value + 0;
    }
  }
  return true;
}
