import type { DataOf, DType } from './dtype.ts';
import { ReadNumbers } from './forms.ts';
import { NdArray } from './ndarray.ts';

/** Numbers that several arrays share. An array copies them before it hands them out to be changed. */
class SharedNumbers extends ReadNumbers {
  /** Whether JSON has these very numbers, see {@link lend}. */
  readonly isPlain: boolean;

  constructor(numbers: Float64Array, as: 'nested' | 'flat', isPlain: boolean) {
    super(numbers, as);
    this.isPlain = isPlain;
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
 * @param isPlain - whether JSON text carries the numbers without a change.
 */
export function lend(
  numbers: Float64Array,
  shape: readonly number[],
  { as, isPlain }: { readonly as: 'nested' | 'flat'; readonly isPlain: boolean },
): NdArray {
  return new NdArray(shape.slice(), 'float64', new SharedNumbers(numbers, as, isPlain));
}

/** The numbers that an array has been lent, if JSON carries them and nobody can have changed them. */
export function lentNumbers({ form }: NdArray): Float64Array | undefined {
  return form instanceof SharedNumbers && form.isPlain ? (form.held as Float64Array) : undefined;
}
