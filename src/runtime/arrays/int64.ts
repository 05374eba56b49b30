/** 64-bit integers, signed or not. */
export type Integers64 = BigInt64Array | BigUint64Array;

const HIGH = 2 ** 32;

/**
 * The words of integers, the lower one of each first, as typed arrays have them on every machine that runs
 * this. A bigint for each integer would take ten times as long.
 */
function wordsOf({ buffer, byteOffset, length }: Integers64): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length);
}

/**
 * Writes whole numbers between -2^53 and 2^53 into integers, and returns these; the caller has checked them.
 *
 * @param integers - as long as `numbers`.
 */
export function fillIntegers<T extends Integers64>(integers: T, numbers: ArrayLike<number>): T {
  const words = wordsOf(integers);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    const high = Math.floor(value / HIGH);
    words[2 * i] = value - high * HIGH;
    words[2 * i + 1] = high;
  }
  return integers;
}

/** The integers as doubles; undefined when one of them is beyond 2^53. */
export function doublesOf(integers: Integers64): Float64Array | undefined {
  const words = wordsOf(integers);
  const doubles = new Float64Array(integers.length);
  const isSigned = integers instanceof BigInt64Array;
  for (let i = 0; i < doubles.length; i++) {
    const word = words[2 * i + 1] as number;
    const high = isSigned ? word | 0 : word;
    if (high >= LIMIT || high < -LIMIT) {
      return undefined;
    }
    doubles[i] = high * HIGH + (words[2 * i] as number);
  }
  return doubles;
}

/** The upper word of 2^53. */
const LIMIT = 2 ** 21;
