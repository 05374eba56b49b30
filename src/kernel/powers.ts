/**
 * Powers of ten, as 128 bits of their significand: what is left of 10^q when it is divided by the power of
 * two that makes it a number from 2^127 to 2^128. Powers up to 5^55 are exact, the others rounded down.
 *
 * Both algorithms of this room need them: reading multiplies digits by 10^q, from -342 (below, a decimal of
 * 19 digits is 0) to 308, and writing divides by 10^k, from -324 to 292.
 */
export const MIN_POWER: i32 = -342;
const MAX_POWER: i32 = 324;

const BYTES: i32 = 16;
const TABLE: usize = memory.data(667 * 16, 16);

/** Limbs of 32 bits, the lowest first: 5^324 has 753 bits, and 2^1023 / 5^342 has 229. */
const LIMBS: i32 = 32;
const NUMBER: usize = memory.data(32 * 4, 8);

/** The address of a power of ten: the upper 64 bits, then the lower. */
export function powerOfTen(exponent: i32): usize {
  return TABLE + (exponent - MIN_POWER) * BYTES;
}

/**
 * Fills the table, with exact integers. The significand of 10^q is that of 5^q; that of 10^-q is that of
 * 2^1023 / 5^q, which may be rounded down at each division by five and still is what it would be if it were
 * rounded once.
 */
export function fillPowers(): void {
  memory.fill(NUMBER, 0, LIMBS * 4);
  store<u32>(NUMBER, 1);
  for (let exponent = 0; exponent <= MAX_POWER; exponent++) {
    storeSignificand(powerOfTen(exponent));
    multiplyByFive();
  }
  memory.fill(NUMBER, 0, LIMBS * 4);
  store<u32>(limb(LIMBS - 1), 0x80000000);
  for (let exponent = -1; exponent >= MIN_POWER; exponent--) {
    divideByFive();
    storeSignificand(powerOfTen(exponent));
  }
}

function limb(index: i32): usize {
  return NUMBER + index * 4;
}

function multiplyByFive(): void {
  let carry: u64 = 0;
  for (let i = 0; i < LIMBS; i++) {
    carry += <u64>load<u32>(limb(i)) * 5;
    store<u32>(limb(i), <u32>carry);
    carry >>= 32;
  }
}

function divideByFive(): void {
  let rest: u64 = 0;
  for (let i = LIMBS - 1; i >= 0; i--) {
    rest = (rest << 32) | load<u32>(limb(i));
    store<u32>(limb(i), <u32>(rest / 5));
    rest %= 5;
  }
}

function storeSignificand(to: usize): void {
  let top = LIMBS - 1;
  while (load<u32>(limb(top)) === 0) {
    top--;
  }
  const shift = clz<u32>(load<u32>(limb(top)));
  store<u64>(to, bitsFrom(top, shift));
  store<u64>(to, bitsFrom(top - 2, shift), 8);
}

/** 64 bits of the number, from the limb `top` on without its `shift` upper bits. */
function bitsFrom(top: i32, shift: u32): u64 {
  const bits = (limbOrZero(top) << 32) | limbOrZero(top - 1);
  return (bits << shift) | ((limbOrZero(top - 2) << shift) >> 32);
}

function limbOrZero(index: i32): u64 {
  return index < 0 ? 0 : <u64>load<u32>(limb(index));
}
