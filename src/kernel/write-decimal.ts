import { E, MINUS, PLUS, POINT, ZERO } from './characters';
import { EIGHT, SIXTEEN, ZERO_BYTES, ZEROS } from './digits';

/** `0.000000` */
const ZERO_POINT: u64 = 0x3030303030302e30;

/** Digits that {@link writeDecimal} is given. */
export const MAX_DIGITS: i32 = 17;

/** JSON.stringify writes numbers between 10^-7 and 10^21 without an exponent. */
const MAX_POINT: i32 = 21;
const MIN_POINT: i32 = -6;

// Vectors are loaded, as V8 would make each constant anew.
/** 2^45 / 10^4, rounded up. */
const BY_TEN_THOUSAND: usize = memory.data<u64>([0xd1b71759d1b71759, 0xd1b71759d1b71759], 16);
const TEN_THOUSAND: usize = memory.data<u64>([10000, 10000], 16);
/** 2^20 / 100, rounded up. */
const BY_HUNDRED: usize = memory.data<u64>([0x000028f6000028f6, 0x000028f6000028f6], 16);
const HUNDRED: usize = memory.data<u64>([0x0000006400000064, 0x0000006400000064], 16);
/** 2^10 / 10, rounded up. */
const BY_TEN: usize = memory.data<u64>([0x0067006700670067, 0x0067006700670067], 16);
const TEN: usize = memory.data<u64>([0x000a000a000a000a, 0x000a000a000a000a], 16);

/**
 * For each place of the point, from before the first digit to behind the sixteenth: which of the digits from
 * the second on stand in the sixteen bytes behind the first. Those behind the point are one byte further.
 */
const PLACES: usize = memory.data(17 * 16, 16);

/** Fills what {@link writeDecimal} needs. */
export function fillPlaces(): void {
  for (let point = 0; point <= 16; point++) {
    for (let index = 0; index < 16; index++) {
      store<u8>(PLACES + (point << 4) + index, index - i32(point > 0 && index >= point));
    }
  }
}

/**
 * Writes 17 digits with a point behind `point` of them, without the zeros at their end, as ECMAScript's
 * Number::toString lays them out. @returns the place behind them.
 */
export function writeDecimal(to: usize, digits: u64, point: i32): usize {
  const first = digits / SIXTEEN;
  const sixteen = sixteenDigits(digits - first * SIXTEEN);
  const text = v128.or(sixteen, v128.load(ZERO_BYTES));
  // Digits without the zeros at their end.
  const count = 33 - <i32>clz<u32>(0xffff ^ i8x16.bitmask(i8x16.eq(sixteen, i64x2.splat(0))));
  if (point > MIN_POINT && point < MAX_DIGITS) {
    return writeNear(to, ZERO + <u32>first, text, count, point);
  }
  return writeFar(to, ZERO + <u32>first, text, count, point);
}

/**
 * Writes a decimal whose point is five places before its first digit at most, and sixteen behind it. There is
 * no branch, as the numbers of a list are above and below 1.
 */
function writeNear(to: usize, first: u32, text: v128, count: i32, point: i32): usize {
  const isAbove = i32(point > 0);
  const begin = to + select(0, 2 - point, isAbove);
  const before = max(point, 0);
  store<u64>(to, ZERO_POINT);
  v128.store(begin + 1 + isAbove, text);
  v128.store(begin + 1, i8x16.swizzle(text, v128.load(PLACES + (before << 4))));
  store<u8>(begin, first);
  store<u8>(to + max(point, 1), POINT);
  return begin + select(count + isAbove, point, count > point);
}

/** Writes any other decimal. */
function writeFar(to: usize, first: u32, text: v128, count: i32, point: i32): usize {
  store<u8>(to, first);
  if (point > 0 && point <= MAX_POINT) {
    // An integer: one that has digits behind its point is not so large.
    v128.store(to + 1, text);
    store<u64>(to + MAX_DIGITS, ZEROS);
    return to + point;
  }
  store<u8>(to + 1, POINT);
  v128.store(to + 2, text);
  return writeExponent(count === 1 ? to + 1 : to + count + 1, point - 1);
}

function writeExponent(to: usize, exponent: i32): usize {
  store<u8>(to, E);
  store<u8>(to + 1, exponent < 0 ? MINUS : PLUS);
  const absolute = abs(exponent);
  const hundreds = absolute / 100;
  const tens = absolute / 10;
  const place = to + 2;
  store<u8>(place, ZERO + hundreds);
  const second = place + usize(absolute > 99);
  store<u8>(second, ZERO + tens - 10 * hundreds);
  const third = second + usize(absolute > 9);
  store<u8>(third, ZERO + absolute - 10 * tens);
  return third + 1;
}

/** The digits of a number below 10^16, each from 0 to 9. */
function sixteenDigits(value: u64): v128 {
  // Eights, fours, pairs, then digits; each division is a multiplication and a shift.
  const upper = value / EIGHT;
  const eights = i64x2.replace_lane(i64x2.splat(upper), 1, value - upper * EIGHT);
  const byTenThousand = v128.load(BY_TEN_THOUSAND);
  const packed = i64x2.splat(upper | ((value - upper * EIGHT) << 32));
  const upperFours = i64x2.shr_u(i64x2.extmul_low_i32x4_u(packed, byTenThousand), 45);
  const lowerFours = i64x2.sub(eights, i32x4.mul(upperFours, v128.load(TEN_THOUSAND)));
  const fours = v128.or(upperFours, i64x2.shl(lowerFours, 32));
  const upperPairs = i32x4.shr_u(i32x4.dot_i16x8_s(fours, v128.load(BY_HUNDRED)), 20);
  const lowerPairs = i32x4.sub(fours, i16x8.mul(upperPairs, v128.load(HUNDRED)));
  const pairs = v128.or(upperPairs, i32x4.shl(lowerPairs, 16));
  const tens = i16x8.shr_u(i16x8.mul(pairs, v128.load(BY_TEN)), 10);
  return v128.or(tens, i16x8.shl(i16x8.sub(pairs, i16x8.mul(tens, v128.load(TEN))), 8));
}
