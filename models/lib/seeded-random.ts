/**
 * Random numbers that repeat: the same seed gives the same sequence, on every machine.
 *
 * `state` is all there is to remember: set it to a value read earlier and the sequence goes on from there. Not for
 * secrets.
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

  /** The next integer, 0 <= integer < `end`. */
  nextInteger(end: number): number {
    return Math.floor(this.next() * end);
  }
}

function toUint32(integer: number): number {
  return integer >>> 0;
}
