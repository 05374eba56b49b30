import { powerOfTen } from './powers';
import { upperProduct } from './product';

/**
 * The fewest digits that only `significand` * 2^`exponent` rounds to, among the numbers of its precision, as
 * an integer in units of 10^{@link unitOf}: of several such decimals the nearest, and of two the even one.
 * There may be zeros at its end.
 *
 * The significand has all its bits, and the next smaller number is as far away as the next larger one. See
 * {@link exactDigits} for all others.
 *
 * The upper half of the power decides nearly always. Where it does not, {@link exactDigits} does.
 */
export function shortestDigits(significand: u64, exponent: i32, k: i32): u64 {
  const shift = exponent + floorLog2OfTen(-k) + 1;
  const power = load<u64>(powerOfTen(-k));
  // The number in units of 10^k, and the bits behind its point; these are too small by less than `scaled`.
  const scaled = significand << shift;
  const whole = upperProduct(power, scaled);
  const part = power * scaled;
  const tenth = whole / 10;

  // Where it stands above a multiple of ten, and how far away it may be rounded to: both times 2^60.
  const above = ((whole - 10 * tenth) << 60) | (part >> 4);
  const half = power >> (5 - shift);
  const missing = TEN - above;
  const unsure = scaled >> 3;
  if (
    i32(above - half + unsure < 2 * unsure) |
    i32(half - missing + unsure < 2 * unsure) |
    i32(part - HALF + scaled <= scaled)
  ) {
    return exactDigits(significand, exponent, false);
  }
  // One digit less, if one of the two decimals around the number is within the bounds.
  const up = half >= missing;
  return select(10 * tenth + select<u64>(10, 0, up), whole + (part >> 63), up || above <= half);
}

/** Ten, times 2^60. */
const TEN: u64 = 0xa000000000000000;
/** One half, times 2^64. */
const HALF: u64 = 0x8000000000000000;

/**
 * The same with all bits of the power, for any significand.
 *
 * @param isPower - whether the next smaller number is only half as far away as the next larger one.
 * @see R. Giulietti, The Schubfach way to render doubles, 2020, with the 128-bit powers of A. Bolz
 */
export function exactDigits(significand: u64, exponent: i32, isPower: boolean): u64 {
  // The number and the bounds of what is rounded to it are integers in quarters of its last bit.
  const k = unitOf(exponent, isPower);
  const shift = exponent + floorLog2OfTen(-k) + 1;
  const power = powerOfTen(-k);
  const g1 = load<u64>(power);
  const g0 = load<u64>(power, 8) + u64(-k < 0 || -k > 55);

  // 192 bits of the number divided by 10^k; half a unit of its last place is the power itself, shifted.
  const scaled = significand << (2 + shift);
  const low = g0 * scaled;
  const carryLow = upperProduct(g0, scaled);
  const middle = g1 * scaled + carryLow;
  const high = upperProduct(g1, scaled) + u64(middle < carryLow);
  const value = high | u64(middle > 1);

  const up = shift + 1;
  const upLow = low + (g0 << up);
  const upMiddlePart = (g1 << up) | (g0 >> (64 - up));
  const upCarry = u64(upLow < low);
  const upMiddle = middle + upMiddlePart + upCarry;
  const upHigh = high + (g1 >> (64 - up)) + u64(upMiddle < middle || (upCarry && upMiddle === middle));
  const isOdd = significand & 1;
  const upper = (upHigh | u64(upMiddle > 1)) - isOdd;

  const down = isPower ? shift : up;
  const downPart = g0 << down;
  const downBorrow = u64(low < downPart);
  const downMiddlePart = ((g1 << down) | (g0 >> (64 - down))) + downBorrow;
  const downMiddle = middle - downMiddlePart;
  const downHigh =
    high - (g1 >> (64 - down)) - u64(middle < downMiddlePart || (downBorrow && downMiddlePart === 0));
  const lower = (downHigh | u64(downMiddle > 1)) + isOdd;

  const floor = value >> 2;
  if (floor >= 10) {
    // One digit less, if one of the two decimals around the number is within the bounds.
    const tenth = floor / 10;
    const isFloorIn = lower <= 40 * tenth;
    if (isFloorIn !== 40 * tenth + 40 <= upper) {
      return 10 * (isFloorIn ? tenth : tenth + 1);
    }
  }
  const isFloorIn = lower <= 4 * floor;
  if (isFloorIn !== 4 * floor + 4 <= upper) {
    return isFloorIn ? floor : floor + 1;
  }
  const middleOfBoth = 4 * floor + 2;
  return floor + u64(value > middleOfBoth || (value === middleOfBoth && (floor & 1) === 1));
}

/**
 * The power of ten in whose units the digits are: the floor of log10(2^exponent), or of
 * log10(3/4 * 2^exponent).
 */
export function unitOf(exponent: i32, isPower: boolean): i32 {
  return (exponent * 1262611 - (isPower ? 524031 : 0)) >> 22;
}

/** The floor of log2(10^exponent). */
function floorLog2OfTen(exponent: i32): i32 {
  return (exponent * 1741647) >> 19;
}
