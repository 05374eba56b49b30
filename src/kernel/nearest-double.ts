import { MIN_POWER, powerOfTen } from './powers';
import { upperProduct } from './product';

/** What {@link nearestDouble} gives for what is too large: the bits of a NaN. */
export const TOO_LARGE: u64 = 0xffffffffffffffff;

/** Above, every decimal is infinite. */
const MAX_EXPONENT: i32 = 308;

const FRACTION_BITS: i32 = 52;
const BIAS: i32 = 1023;
const INFINITE: i32 = 0x7ff;
/** Bits of a product below those of a double and the one that rounds it. */
const LOWER_BITS: u64 = 0x1ff;

/**
 * The bits of the double that is nearest to `digits` * 10^`exponent`, the even one of two; {@link TOO_LARGE}
 * for what no double holds.
 *
 * @see D. Lemire, Number Parsing at a Gigabyte per Second, 2021, algorithm 1; that the 128 bits
 *   always decide: N. Mushtak, D. Lemire, Fast Number Parsing Without Fallback, 2023
 */
export function nearestDouble(digits: u64, exponent: i32): u64 {
  if (digits === 0 || exponent < MIN_POWER) {
    return 0;
  }
  if (exponent > MAX_EXPONENT) {
    return TOO_LARGE;
  }
  const zeros = <i32>clz<u64>(digits);
  const significand = digits << zeros;
  const power = powerOfTen(exponent);
  let lower = significand * load<u64>(power);
  let upper = upperProduct(significand, load<u64>(power));
  // Only where all bits below are ones may the rest of the power change those above.
  if ((upper & LOWER_BITS) === LOWER_BITS) {
    const rest = upperProduct(significand, lowerBits(power, exponent));
    lower += rest;
    if (lower < rest) {
      upper++;
    }
  }
  const top = <i32>(upper >> 63);
  const shift = top + 9;
  const binary = floorLog2(exponent) + 63 + top - zeros + BIAS;
  let mantissa = upper >> shift;
  if (binary <= 0) {
    return subnormal(mantissa, 1 - binary);
  }
  // Half way between two doubles, which only these exponents allow: to the even one.
  if (lower <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) === 1 && mantissa << shift === upper) {
    mantissa--;
  }
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  const carried = mantissa >> (FRACTION_BITS + 1);
  const field = binary + <i32>carried;
  if (field >= INFINITE) {
    return TOO_LARGE;
  }
  return carried
    ? (<u64>field) << FRACTION_BITS
    : (mantissa & 0xfffffffffffff) | ((<u64>field) << FRACTION_BITS);
}

/**
 * The same for `digits` / 10^`places`, with 0 to 27 places: nearly always without the lower bits of the
 * product and what few numbers need.
 */
export function nearestToDecimal(digits: u64, places: i32): u64 {
  const zeros = clz<u64>(digits);
  const upper = upperProduct(digits << zeros, load<u64>(powerOfTen(-places)));
  // All ones: bits below may count. All zeros: it may be half way between two doubles.
  if (((upper + 1) & LOWER_BITS) <= 1 || digits === 0) {
    return nearestDouble(digits, -places);
  }
  const top = upper >> 63;
  const mantissa = upper >> (top + 9);
  const binary = <u64>(floorLog2(-places) + 63 + BIAS) + top - zeros;
  // The leading bit of the mantissa adds one to the exponent.
  return ((binary - 1) << FRACTION_BITS) + ((mantissa + (mantissa & 1)) >> 1);
}

/** A subnormal number has the fewer digits the smaller it is; none of them is half way. */
function subnormal(mantissa: u64, shift: i32): u64 {
  if (shift >= 64) {
    return 0;
  }
  const kept = mantissa >> shift;
  // When it is rounded up to 2^52, its bits are those of the smallest normal number.
  return (kept + (kept & 1)) >> 1;
}

/** The powers whose reciprocals decide cases half way are rounded up. */
function lowerBits(power: usize, exponent: i32): u64 {
  return load<u64>(power, 8) + u64(exponent < 0 && exponent >= -27);
}

/** The floor of log2(10^exponent). */
function floorLog2(exponent: i32): i32 {
  return (exponent * 217706) >> 16;
}
