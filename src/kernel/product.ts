/** The upper 64 bits of the product of two 64-bit numbers; `a * b` are the lower ones. */
export function upperProduct(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a1 * b0 + ((a0 * b0) >> 32);
  const middle = a0 * b1 + (low & 0xffffffff);
  return a1 * b1 + (low >> 32) + (middle >> 32);
}
