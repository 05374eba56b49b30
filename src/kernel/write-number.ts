import { MINUS, POINT, QUOTE } from './characters';
import { EIGHT, eightDigits, integerPower, lengthOf, ZEROS } from './digits';
import { exactDigits, shortestDigits, unitOf } from './shortest';
import { MAX_DIGITS, writeDecimal } from './write-decimal';

/** Bytes that one number may take, with those that are written and then not counted. */
export const MAX_CHARACTERS: i32 = 40;

/** From here on, not every integer has a float of its own. */
const MAX_INTEGER: f64 = 9007199254740992;
const MAX_SINGLE_INTEGER: f64 = 16777216;

/**
 * Decimals of a number that {@link writeShort} tries, and the bounds within which it has at most 15 digits.
 */
const SCALE: f64 = 1e8;
const MAX_SHORT: f64 = 1e7;
const MIN_SHORT: f64 = 1e-6;

/** Bits of the fraction of a float, and the bias of its exponent when the significand is an integer. */
const DOUBLE_BITS: i32 = 52;
const DOUBLE_BIAS: i32 = 1075;
const SINGLE_BITS: i32 = 23;
const SINGLE_BIAS: i32 = 150;

/**
 * Writes a number as JSON.stringify does, or the protobuf word of one that is not finite: `"NaN"`.
 *
 * @param isSingle - whether it is a 32-bit float, and gets the digits that tell it from others of these.
 * @returns the place behind it.
 */
export function writeNumber(to: usize, value: f64, isSingle: boolean): usize {
  if (value - value !== 0) {
    return writeWord(to, value);
  }
  const place = writeSign(to, value);
  const absolute = abs(value);
  const integers = isSingle ? MAX_SINGLE_INTEGER : MAX_INTEGER;
  if (absolute < integers && absolute === trunc(absolute)) {
    return writeInteger(place, <u64>absolute);
  }
  if (!isSingle && absolute < MAX_SHORT && absolute >= MIN_SHORT) {
    const scaled = nearest(absolute * SCALE);
    // Two decimals of at most 15 digits are never the same double: this one is the shortest.
    if (scaled / SCALE === absolute) {
      return writeShort(place, <u64>scaled);
    }
  }
  const bits = isSingle ? <u64>reinterpret<u32>(<f32>absolute) : reinterpret<u64>(absolute);
  return writeFloat(place, bits, isSingle);
}

function writeSign(to: usize, value: f64): usize {
  store<u8>(to, MINUS);
  // -0 is written as 0.
  return to + usize(value < 0);
}

/** Writes a positive number by the bits that represent it. */
function writeFloat(to: usize, bits: u64, isSingle: boolean): usize {
  const fractionBits = isSingle ? SINGLE_BITS : DOUBLE_BITS;
  const bias = isSingle ? SINGLE_BIAS : DOUBLE_BIAS;
  const unit = (<u64>1) << fractionBits;
  const fraction = bits & (unit - 1);
  const field = <i32>(bits >> fractionBits);
  let digits: u64;
  let exponent: i32;
  if (fraction !== 0 && field !== 0) {
    exponent = unitOf(field - bias, false);
    digits = shortestDigits(fraction | unit, field - bias, exponent);
  } else {
    // The neighbours of a power of two or a subnormal number are not as those of others.
    const isPower = fraction === 0 && field > 1;
    const binary = max(field, 1) - bias;
    exponent = unitOf(binary, isPower);
    digits = exactDigits(field === 0 ? fraction : fraction | unit, binary, isPower);
  }
  const length = isSingle
    ? lengthOf(digits)
    : field !== 0
      ? 16 + i32(digits >= 10000000000000000)
      : lengthOf(digits);
  return writeDecimal(to, digits * integerPower(MAX_DIGITS - length), length + exponent);
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

/** `"NaN"`, `Infinity` */
const NAN: u64 = 0x224e614e22;
const INFINITY: u64 = 0x7974696e69666e49;
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
