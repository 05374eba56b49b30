import { E, LOWER_CASE, MINUS, POINT, ZERO } from './characters';
import { EIGHT, SIXTEEN, valueOfEight, ZERO_BYTES, ZEROS } from './digits';
import { nearestToDecimal } from './nearest-double';
import { quotient, readNumber } from './read-number';

/** Digits that one vector holds, and one word. */
const VECTOR: i32 = 16;
const WORD: i32 = 8;
/** Up to so many digits, which a double holds, a division is faster. */
const FEW_DIGITS: i32 = 11;
/** Above, the digits before the last sixteen are too many for 64 bits. */
const MAX_UPPER: u64 = 999;

// Vectors are loaded, as V8 would make each constant anew.
const NINES: usize = memory.data<u64>([0x0909090909090909, 0x0909090909090909], 16);
const LOWER_BYTES: usize = memory.data<u64>([0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff], 16);
const TENS: usize = memory.data<u64>([0x000a000a000a000a, 0x000a000a000a000a], 16);
/** 100, 1 */
const HUNDREDS: usize = memory.data<u64>([0x0001006400010064, 0x0001006400010064], 16);
/** 10000, 1 */
const TEN_THOUSANDS: usize = memory.data<u64>([0x0001271000012710, 0x0001271000012710], 16);

/** For 0 to 16: so many bytes at the end of a vector. */
const LAST: usize = memory.data(17 * 16, 16);

/** Fills what {@link readDecimal} needs. */
export function fillLast(): void {
  for (let count = 0; count <= VECTOR; count++) {
    memory.fill(LAST + (count << 4) + (VECTOR - count), 0xff, count);
  }
}

/**
 * Reads the number that begins here to `out`. One with a point, up to 24 digits and no exponent is read
 * without a loop and nearly without a branch, as the lengths of the numbers of a list differ.
 *
 * @returns the place behind it; 0 when it is none, or one that JSON.parse has to read.
 */
export function readDecimal(start: usize, out: usize): usize {
  // Bits of what is no digit among the 32 characters behind the first: the point, and what ends the number.
  const others = ~(digitBits(start + 1) | (digitBits(start + 1 + VECTOR) << VECTOR));
  const point = start + 1 + ctz<i32>(others);
  const end = start + 1 + ctz<i32>(others & (others - 1));
  const isNegative = load<u8>(start) === MINUS;
  const begin = start + usize(isNegative);
  const whole = <i32>(point - begin);
  if (load<u8>(point) !== POINT) {
    return readWhole(begin, whole, isNegative, out);
  }
  const fraction = <i32>(end - point) - 1;
  const digits = whole + fraction;
  const first = <u32>load<u8>(begin) - ZERO;
  if (
    i32(digits > VECTOR + WORD) |
    i32(fraction === 0) |
    i32(whole === 0) |
    i32((load<u8>(end) | LOWER_CASE) === E) |
    i32(first > 9) |
    (i32(whole > 1) & i32(first === 0))
  ) {
    return readNumber(start, out);
  }

  // The last sixteen digits: those behind the point, and before it, one place to the right. Bytes in front of
  // the number come along, and are cleared.
  const last = v128.load(end - VECTOR);
  const moved = v128.load(end - VECTOR - 1);
  const text = v128.bitselect(last, moved, v128.load(LAST + (min(fraction, VECTOR) << 4)));
  const isDigit = v128.load(LAST + (min(digits, VECTOR) << 4));
  const lower = valueOfSixteen(v128.and(v128.xor(text, v128.load(ZERO_BYTES)), isDigit));
  let bits: u64;
  if (digits <= FEW_DIGITS) {
    bits = quotient(lower, fraction);
  } else {
    const upper = upperDigits(begin, whole, max(digits - VECTOR, 0));
    if (upper > MAX_UPPER) {
      return readNumber(start, out);
    }
    bits = nearestToDecimal(upper * SIXTEEN + lower, fraction);
  }
  store<u64>(out, bits | (u64(isNegative) << 63));
  return end;
}

/** Reads a number without a point to `out`; `digits` is right if there is one. */
function readWhole(begin: usize, digits: i32, isNegative: boolean, out: usize): usize {
  const text = load<u64>(begin) ^ ZEROS;
  const end = begin + digits;
  if (
    i32(digits > WORD) |
    i32(digits === 0) |
    i32((load<u8>(end) | LOWER_CASE) === E) |
    i32((text & 0xff) > 9) |
    (i32(digits > 1) & i32((text & 0xff) === 0))
  ) {
    return readNumber(begin - usize(isNegative), out);
  }
  const value = <f64>(<u32>valueOfEight(text << (64 - (digits << 3))));
  store<u64>(out, reinterpret<u64>(value) | (u64(isNegative) << 63));
  return end;
}

/** A bit for each of sixteen characters: whether it is a digit. */
function digitBits(from: usize): i32 {
  const digits = i8x16.sub(v128.load(from), v128.load(ZERO_BYTES));
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(digits, v128.load(NINES)), digits));
}

/** The value of sixteen digits, each from 0 to 9: pairs, fours, eights, then all. */
function valueOfSixteen(digits: v128): u64 {
  const tens = i16x8.mul(v128.and(digits, v128.load(LOWER_BYTES)), v128.load(TENS));
  const pairs = i16x8.add(tens, i16x8.shr_u(digits, 8));
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(HUNDREDS));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), v128.load(TEN_THOUSANDS));
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * EIGHT + (both >>> 32);
}

/** The value of the first `count` digits of a number that has `whole` of them before its point; up to 8. */
function upperDigits(begin: usize, whole: i32, count: i32): u64 {
  const text = load<u64>(begin) ^ ZEROS;
  const behind = load<u64>(begin + 1) ^ ZEROS;
  const before = whole < count ? ((<u64>1) << (whole << 3)) - 1 : u64.MAX_VALUE;
  return valueOfEight((((text & before) | (behind & ~before)) << (32 - (count << 2))) << (32 - (count << 2)));
}
