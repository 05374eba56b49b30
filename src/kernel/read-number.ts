import { E, LOWER_CASE, MINUS, PLUS, POINT, ZERO } from './characters';
import { countDigits, integerPower, valueOfEight, ZEROS } from './digits';
import { nearestDouble, TOO_LARGE } from './nearest-double';

/** A longer number may not be JSON as the reference reads it. */
const MAX_CHARACTERS: i32 = 100;
/** Digits that 64 bits always hold. */
const MAX_DIGITS: i32 = 19;

/**
 * Reads the number that begins here, in whatever way it is written, to `out`.
 *
 * @returns the place behind it; 0 when it is none, or one that JSON.parse has to read.
 */
export function readNumber(start: usize, out: usize): usize {
  let place = start;
  let code: u32 = load<u8>(place);
  const isNegative = code === MINUS;
  if (isNegative) {
    code = load<u8>(++place);
  }
  const integer = place;
  let value = <u64>(code - ZERO);
  if (!isDigit(code)) {
    return 0;
  }
  code = load<u8>(++place);
  // JSON has no number with a zero before another digit.
  if (value === 0 && isDigit(code)) {
    return 0;
  }
  while (isDigit(code)) {
    value = value * 10 + (code - ZERO);
    code = load<u8>(++place);
  }
  let digits = <i32>(place - integer);
  let exponent: i32 = 0;
  const isInteger = code !== POINT && (code | LOWER_CASE) !== E;
  if (code === POINT) {
    const fraction = ++place;
    let count: i32 = 0;
    do {
      const text = load<u64>(place) ^ ZEROS;
      count = countDigits(text);
      if (count > 0) {
        // The digits move to the end of the eight, so that zeros are before them.
        value = value * integerPower(count) + valueOfEight(text << (64 - (count << 3)));
        place += count;
      }
    } while (count === 8);
    exponent = <i32>(fraction - place);
    if (exponent === 0) {
      return 0;
    }
    digits -= exponent;
    code = load<u8>(place);
  }
  const digitsEnd = place;
  if ((code | LOWER_CASE) === E) {
    code = load<u8>(++place);
    const sign = code;
    if (sign === MINUS || sign === PLUS) {
      code = load<u8>(++place);
    }
    const from = place;
    let power: i32 = 0;
    while (isDigit(code)) {
      // Far beyond all doubles, and the exponent of the digits does not matter.
      power = min(power * 10 + <i32>(code - ZERO), 100000);
      code = load<u8>(++place);
    }
    if (place === from) {
      return 0;
    }
    exponent += sign === MINUS ? -power : power;
  }
  if (<i32>(place - start) > MAX_CHARACTERS) {
    return 0;
  }
  // An integer that a double may round is read with all its digits, elsewhere.
  if (isInteger && (digits > 16 || value > MAX_SAFE)) {
    return 0;
  }
  let bits: u64;
  if (digits <= MAX_DIGITS) {
    bits = toDouble(value, exponent);
  } else {
    bits = longToDouble(integer, digitsEnd, exponent);
  }
  if (bits === TOO_LARGE) {
    return 0;
  }
  store<u64>(out, bits | (u64(isNegative) << 63));
  return place;
}

export const MAX_SAFE: u64 = 9007199254740991;

/** Powers of ten that a double holds exactly. */
const EXACT: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const MAX_EXACT: i32 = 22;

/**
 * The bits of the double nearest to `digits` * 10^`exponent`. Where a double holds both exactly, their
 * product or quotient is rounded once.
 *
 * @see W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990
 */
export function toDouble(digits: u64, exponent: i32): u64 {
  if (digits > MAX_SAFE || exponent < -MAX_EXACT || exponent > MAX_EXACT) {
    return nearestDouble(digits, exponent);
  }
  const value = <f64>digits;
  return reinterpret<u64>(
    exponent < 0 ? value / load<f64>(EXACT + (-exponent << 3)) : value * load<f64>(EXACT + (exponent << 3)),
  );
}

/**
 * The same for more digits, which stand from `start` to `end`: the first 19 that count decide, unless the
 * next larger decimal of 19 is nearest to another double.
 *
 * @returns TOO_LARGE also where they do not decide.
 */
function longToDouble(start: usize, end: usize, exponent: i32): u64 {
  let place = start;
  let code: u32 = load<u8>(place);
  while ((code === ZERO || code === POINT) && place < end) {
    code = load<u8>(++place);
  }
  let digits: u64 = 0;
  let count: i32 = 0;
  let dropped: i32 = 0;
  let isMore = false;
  for (; place < end; code = load<u8>(++place)) {
    if (code === POINT) {
      continue;
    }
    if (count < MAX_DIGITS) {
      digits = digits * 10 + (code - ZERO);
      count++;
    } else {
      dropped++;
      isMore = isMore || code !== ZERO;
    }
  }
  const bits = toDouble(digits, exponent + dropped);
  return !isMore || bits === toDouble(digits + 1, exponent + dropped) ? bits : TOO_LARGE;
}

function isDigit(code: u32): boolean {
  return code - ZERO <= 9;
}

/** The bits of `digits` / 10^`exponent`, both of which a double holds. */
export function quotient(digits: u64, exponent: i32): u64 {
  return reinterpret<u64>(<f64>digits / load<f64>(EXACT + (exponent << 3)));
}
