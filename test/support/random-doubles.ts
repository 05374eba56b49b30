/**
 * Makes doubles of random bits, so of every exponent, the same for the same seed.
 *
 * @see G. Marsaglia, Xorshift RNGs, 2003
 */
export function randomDoubles(length: number, seed: number): Float64Array {
  const words = new Uint32Array(2 * length);
  let [x, y] = [seed | 1, 0x9e3779b9];
  for (let i = 0; i < words.length; i++) {
    const t = x ^ (x << 10);
    x = y;
    y = y ^ (y >>> 10) ^ (t ^ (t >>> 13));
    words[i] = y;
  }
  return new Float64Array(words.buffer);
}
