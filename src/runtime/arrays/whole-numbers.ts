import { type DataOf, type DType, TYPED_ARRAY } from './dtype.ts';
import type { Elements } from './elements.ts';
import { FlatList } from './forms.ts';
import { fillIntegers } from './int64.ts';
import { NdArray } from './ndarray.ts';
import { nest } from './nested-lists.ts';

interface Frame {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** 64-bit integers of a request that doubles hold. They become bigints only where these are asked for. */
class WholeNumbers extends FlatList {
  readonly #numbers: Float64Array;

  constructor(numbers: Float64Array) {
    super(numbers);
    this.#numbers = numbers;
  }

  override toData({ dtype }: Frame): DataOf[DType] {
    return fillIntegers(new TYPED_ARRAY[dtype as 'int64' | 'uint64'](this.#numbers.length), this.#numbers);
  }

  override toFlat(): readonly unknown[] {
    return Array.from(this.#numbers, BigInt);
  }

  override toNested({ shape }: Frame): unknown {
    const flat = this.toFlat();
    return shape.length === 1 ? flat : nest(flat, shape);
  }

  /** As of any bigints: these are not numbers here. */
  override elements(): Elements {
    return { copyTo: () => false };
  }

  /** The numbers, for somebody who does not change them. */
  get numbers(): Float64Array {
    return this.#numbers;
  }
}

/**
 * An array of 64-bit integers, of numbers that the caller has checked.
 *
 * @param numbers - as many as `shape` has; they belong to the array.
 */
export function wholeNumbers(
  numbers: Float64Array,
  shape: readonly number[],
  dtype: 'int64' | 'uint64',
): NdArray {
  for (let i = 0; i < numbers.length; i++) {
    // No integer is -0.
    numbers[i] = (numbers[i] as number) + 0;
  }
  return new NdArray(shape, dtype, new WholeNumbers(numbers));
}

/**
 * The elements of an array of 64-bit integers as doubles, where they are still those of the request;
 * undefined for any other array. Not to be changed.
 */
export function wholeNumbersOf({ form }: NdArray): Float64Array | undefined {
  return form instanceof WholeNumbers ? form.numbers : undefined;
}
