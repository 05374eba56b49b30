/**
 * Repeatable random numbers: the same seed gives the same sequence on every machine.
 *
 * `state` is the whole state: set it to a value that was read earlier, and the sequence continues from there.
 * Not for secrets.
 *
 * @param seed - any integer; integers that are equal modulo 2^32 are the same seed.
 * @see mulberry32 (Tommy Ettinger, public domain): 32 bits of state, period 2^32
 */
export class SeededRandom {
  state: number;

  constructor(seed: number) {
    this.state = toUint32(seed);
  }

  /** The next number, 0 <= number < 1. */
  next(): number {
    this.state = toUint32(this.state + 0x6d2b79f5);
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return toUint32(bits ^ (bits >>> 14)) / 2 ** 32;
  }

  /** The next number of the normal distribution: mean 0, standard deviation 1. @see Box and Muller (1958) */
  nextNormal(): number {
    // 1 - number is above 0, and 0 has no logarithm.
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /**
   * The next number of the gamma distribution with `shape` >= 1 and scale 1.
   *
   * @see Marsaglia and Tsang (2000), "A simple method for generating gamma variables"
   */
  nextGamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const normal = this.nextNormal();
      const v = (1 + c * normal) ** 3;
      if (v > 0 && Math.log(1 - this.next()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  /** The next number of the beta distribution with `a` >= 1 and `b` >= 1, 0 < number < 1. */
  nextBeta(a: number, b: number): number {
    const gamma = this.nextGamma(a);
    return gamma / (gamma + this.nextGamma(b));
  }

  /** The next integer, 0 <= integer < `end`. */
  nextInteger(end: number): number {
    return Math.floor(this.next() * end);
  }
}

/** A random seed. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

function toUint32(integer: number): number {
  return integer >>> 0;
}
