import { eightDigits, integerPower, lengthOf, ZEROS } from './digits';
import { exponentOfTen, shortestDigits } from './shortest';

/** Bytes that one number may take, with those that are written and then not counted. */
export const MAX_CHARACTERS: i32 = 40;

const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const E: u32 = 0x65;
/** `0.000000` */
const ZERO_POINT: u64 = 0x3030303030302e30;

/** 10^8 and 10^16: what is above eight digits, and above sixteen. */
const EIGHT: u64 = 100000000;
const SIXTEEN: u64 = 10000000000000000;
/** Digits of the longest significand. */
const MAX_DIGITS: i32 = 17;

/** JSON.stringify writes numbers between 10^-7 and 10^21 without an exponent. */
const MAX_POINT: i32 = 21;
const MIN_POINT: i32 = -6;

/** From here on, not every integer has a float of its own. */
const MAX_INTEGER: f64 = 9007199254740992;
const MAX_SINGLE_INTEGER: f64 = 16777216;

/**
 * Decimals of a number that {@link writeShort} tries, and the bounds within which it has at most 15 digits.
 */
const SCALE: f64 = 1e8;
const MAX_SHORT: f64 = 1e7;
const MIN_SHORT: f64 = 1e-6;

/**
 * Writes a number as JSON.stringify does, or the protobuf word of one that is not finite: `"NaN"`.
 *
 * @returns the place behind it.
 */
export function writeDouble(to: usize, value: f64): usize {
  if (value - value !== 0) {
    return writeWord(to, value);
  }
  const place = writeSign(to, value);
  const absolute = abs(value);
  if (absolute < MAX_INTEGER && absolute === trunc(absolute)) {
    return writeInteger(place, <u64>absolute);
  }
  if (absolute < MAX_SHORT && absolute >= MIN_SHORT) {
    const scaled = nearest(absolute * SCALE);
    // Two decimals of at most 15 digits are never the same double: this one is the shortest.
    if (scaled / SCALE === absolute) {
      return writeShort(place, <u64>scaled);
    }
  }
  const bits = reinterpret<u64>(absolute);
  return writeFloat(place, bits & FRACTION, <i32>(bits >> 52), 52, 1075);
}

/** Writes a number with the digits that tell it from other 32-bit floats. */
export function writeSingle(to: usize, value: f64): usize {
  if (value - value !== 0) {
    return writeWord(to, value);
  }
  const place = writeSign(to, value);
  const absolute = abs(value);
  if (absolute < MAX_SINGLE_INTEGER && absolute === trunc(absolute)) {
    return writeInteger(place, <u64>absolute);
  }
  const bits = reinterpret<u32>(<f32>absolute);
  return writeFloat(place, bits & 0x7fffff, <i32>(bits >> 23), 23, 150);
}

function writeSign(to: usize, value: f64): usize {
  store<u8>(to, MINUS);
  // -0 is written as 0.
  return to + usize(value < 0);
}

/** Writes a positive number by the parts of its representation. `bias`: of an integer significand. */
function writeFloat(to: usize, fraction: u64, field: i32, fractionBits: i32, bias: i32): usize {
  const isSubnormal = field === 0;
  const significand = isSubnormal ? fraction : fraction | ((<u64>1) << fractionBits);
  const exponent = (isSubnormal ? 1 : field) - bias;
  const digits = shortestDigits(significand, exponent, fraction === 0 && field > 1);
  return writeDecimal(to, digits, exponentOfTen);
}

/** Writes `value`, with zeros at its end left out, as a decimal: `scaled` / 10^8, from 10^-6 to 10^7. */
function writeShort(to: usize, scaled: u64): usize {
  const whole = scaled / EIGHT;
  const place = writeInteger(to, whole);
  const digits = eightDigits(<u32>(scaled - whole * EIGHT));
  store<u8>(place, POINT);
  store<u64>(place + 1, digits | ZEROS);
  return place + 9 - usize(clz<u64>(digits) >> 3);
}

/** Writes an integer below 10^16. */
function writeInteger(to: usize, value: u64): usize {
  if (value < EIGHT) {
    return writeUpTo8(to, <u32>value);
  }
  const upper = value / EIGHT;
  const place = writeUpTo8(to, <u32>upper);
  store<u64>(place, eightDigits(<u32>(value - upper * EIGHT)) | ZEROS);
  return place + 8;
}

function writeUpTo8(to: usize, value: u32): usize {
  const digits = eightDigits(value);
  // The last digit is written in any case.
  const zeros = <u32>ctz<u64>(digits | ((<u64>1) << 56)) >> 3;
  store<u64>(to, (digits | ZEROS) >> (zeros << 3));
  return to + 8 - zeros;
}

/** Writes `digits` * 10^`exponent`, as ECMAScript's Number::toString lays it out. */
function writeDecimal(to: usize, digits: u64, exponent: i32): usize {
  const length = lengthOf(digits);
  const full = digits * integerPower(MAX_DIGITS - length);
  const first = full / SIXTEEN;
  const rest = full - first * SIXTEEN;
  const upperHalf = rest / EIGHT;
  const upper = eightDigits(<u32>upperHalf);
  const lower = eightDigits(<u32>(rest - upperHalf * EIGHT));
  // Digits without the zeros at their end.
  const count =
    lower !== 0 ? 17 - i32(clz<u64>(lower) >> 3) : upper !== 0 ? 9 - i32(clz<u64>(upper) >> 3) : 1;
  // The point stands behind so many digits.
  const point = length + exponent;
  if (point > 1 && point <= MAX_POINT) {
    store<u8>(to, ZERO + <u32>first);
    storeSixteen(to + 1, upper, lower);
    store<u64>(to + MAX_DIGITS, ZEROS);
    return count <= point ? to + point : insertPoint(to, point, count);
  }
  if (point <= 0 && point > MIN_POINT) {
    store<u64>(to, ZERO_POINT);
    const place = to + 2 - point;
    store<u8>(place, ZERO + <u32>first);
    storeSixteen(place + 1, upper, lower);
    return place + count;
  }
  store<u8>(to, ZERO + <u32>first);
  store<u8>(to + 1, POINT);
  storeSixteen(to + 2, upper, lower);
  const end = count === 1 ? to + 1 : to + count + 1;
  return point === 1 ? end : writeExponent(end, point - 1);
}

function storeSixteen(to: usize, upper: u64, lower: u64): void {
  store<u64>(to, upper | ZEROS);
  store<u64>(to + 8, lower | ZEROS);
}

/** Moves the digits behind the point by one place. */
function insertPoint(to: usize, point: i32, count: i32): usize {
  const place = to + point;
  const upper = load<u64>(place);
  const lower = load<u64>(place + 8);
  store<u64>(place + 1, upper);
  store<u64>(place + 9, lower);
  store<u8>(place, POINT);
  return to + count + 1;
}

function writeExponent(to: usize, exponent: i32): usize {
  store<u8>(to, E);
  store<u8>(to + 1, exponent < 0 ? MINUS : PLUS);
  return writeUpTo8(to + 2, <u32>abs(exponent));
}

/** `"NaN"`, `Infinity` */
const NAN: u64 = 0x224e614e22;
const INFINITY: u64 = 0x7974696e69666e49;
const QUOTE: u32 = 0x22;
const FRACTION: u64 = 0xfffffffffffff;

function writeWord(to: usize, value: f64): usize {
  if ((reinterpret<u64>(value) & FRACTION) !== 0) {
    store<u64>(to, NAN);
    return to + 5;
  }
  store<u8>(to, QUOTE);
  const place = writeSign(to + 1, value);
  store<u64>(place, INFINITY);
  store<u8>(place + 8, QUOTE);
  return place + 9;
}
