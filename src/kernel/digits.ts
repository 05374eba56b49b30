/** Eight times the character `0`. */
export const ZEROS: u64 = 0x3030303030303030;
/** The same sixteen times, as a vector. */
export const ZERO_BYTES: usize = memory.data<u64>([ZEROS, ZEROS], 16);

/** 10^8 and 10^16: what is above eight digits, and above sixteen. */
export const EIGHT: u64 = 100000000;
export const SIXTEEN: u64 = 10000000000000000;

/** Powers of ten up to 10^19, which 64 bits hold. */
export const POWERS: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
  1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
  1000000000000000000, 10000000000000000000,
]);

/** 10^`exponent`, for exponents from 0 to 19. */
export function integerPower(exponent: i32): u64 {
  return load<u64>(POWERS + (exponent << 3));
}

/**
 * How many of the eight characters in `text`, the first in the lowest byte, are digits before the first that
 * is none. `text` is xored with {@link ZEROS}.
 */
export function countDigits(text: u64): i32 {
  return <i32>(ctz<u64>(((text + 0x7676767676767676) | text) & 0x8080808080808080) >> 3);
}

/** The value of eight digits, the first in the lowest byte, each from 0 to 9: pairs, fours, then all. */
export function valueOfEight(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8);
  const upper = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const lower = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return (upper + lower) >> 32;
}

/** The eight digits of a number below 10^8, the first in the lowest byte, each from 0 to 9. */
export function eightDigits(value: u32): u64 {
  // Fours, then pairs, then digits, side by side in one word; each division is a multiplication and a shift.
  const upperFour = value / 10000;
  const fours = <u64>upperFour | ((<u64>(value - upperFour * 10000)) << 32);
  const upperPairs = ((fours * 10486) >> 20) & 0x0000007f0000007f;
  const pairs = upperPairs | ((fours - 100 * upperPairs) << 16);
  const upperDigits = ((pairs * 103) >> 10) & 0x000f000f000f000f;
  return upperDigits | ((pairs - 10 * upperDigits) << 8);
}

/** Number of digits of a number from 1 to 10^19 - 1. */
export function lengthOf(value: u64): i32 {
  const estimate = ((64 - <i32>clz<u64>(value)) * 1233) >> 12;
  return estimate + i32(value >= integerPower(estimate));
}
