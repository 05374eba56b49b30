import { powerOfTen } from './powers';
import { upperProduct } from './product';

/** The exponent of ten that belongs to the digits that {@link shortestDigits} has given last. */
export let exponentOfTen: i32 = 0;

/**
 * The fewest digits that only `significand` * 2^`exponent` rounds to, among the numbers of its precision;
 * of several such decimals the nearest, and of two the even one. There may be zeros at their end.
 *
 * @param isPower - whether the next smaller number is only half as far away as the next larger one.
 * @see R. Giulietti, The Schubfach way to render doubles, 2020, with the 128-bit powers of A. Bolz
 */
export function shortestDigits(significand: u64, exponent: i32, isPower: boolean): u64 {
  // The number and the bounds of what is rounded to it are integers in quarters of its last bit.
  const k = floorLog10(exponent, isPower);
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
    const tenth = tenthOf(floor);
    const isFloorIn = lower <= 40 * tenth;
    if (isFloorIn !== 40 * tenth + 40 <= upper) {
      exponentOfTen = k + 1;
      return isFloorIn ? tenth : tenth + 1;
    }
  }
  exponentOfTen = k;
  const isFloorIn = lower <= 4 * floor;
  if (isFloorIn !== 4 * floor + 4 <= upper) {
    return isFloorIn ? floor : floor + 1;
  }
  const middleOfBoth = 4 * floor + 2;
  return floor + u64(value > middleOfBoth || (value === middleOfBoth && (floor & 1) === 1));
}

/** The floor of log10(2^exponent), or of log10(3/4 * 2^exponent). */
function floorLog10(exponent: i32, isThreeQuarters: boolean): i32 {
  return (exponent * 1262611 - (isThreeQuarters ? 524031 : 0)) >> 22;
}

/** The floor of log2(10^exponent). */
function floorLog2OfTen(exponent: i32): i32 {
  return (exponent * 1741647) >> 19;
}

/** For numbers below 2^62. */
function tenthOf(value: u64): u64 {
  return upperProduct(value, 0x199999999999999a);
}
