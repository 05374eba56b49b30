/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * For each exponent of a float32, the decimal exponent of the least number that has it. A number with the
 * exponent has this decimal exponent or the next one.
 */
const DECIMAL = Int8Array.from({ length: 256 }, (_, exponent) =>
  Math.floor(Math.log10(2 ** (exponent - 127))),
);

/**
 * Doubles for float32 numbers whose shortest decimals are the shortest that read back as the same float32:
 * 0.1, and not 0.10000000149011612, as the double of the same value is written.
 */
export function shortDoubles(floats: Float32Array): Float64Array {
  const doubles = new Float64Array(floats.length);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  for (let i = 0; i < doubles.length; i++) {
    const value = floats[i] as number;
    const magnitude = Math.abs(value);
    // Whole numbers up to 2^24 are short as they are.
    if ((magnitude | 0) === magnitude && magnitude <= WHOLE) {
      doubles[i] = value;
      continue;
    }
    const binary = ((bits[i] as number) >>> 23) & 0xff;
    const short = shortened(magnitude, DECIMAL[binary] as number);
    doubles[i] = value < 0 ? -short : short;
  }
  return doubles;
}

const WHOLE = 2 ** 24;

/**
 * No two decimals of six digits are the same float32, so of these one at most fits; of those with more digits
 * the nearest is tried. Nine are always enough.
 *
 * @param exponent - the decimal exponent of the number, or one less.
 */
function shortened(magnitude: number, exponent: number): number {
  let scale = 5 - exponent;
  if (!(scale <= 19 && scale >= -19)) {
    return shortenedText(magnitude);
  }
  if (
    magnitude >= (exponent >= -1 ? (POWERS[exponent + 1] as number) : 1 / (POWERS[-1 - exponent] as number))
  ) {
    scale--;
  }
  for (let digits = 6; digits < 9; digits++, scale++) {
    const short =
      scale >= 0
        ? roundToEven(magnitude * (POWERS[scale] as number)) / (POWERS[scale] as number)
        : roundToEven(magnitude / (POWERS[-scale] as number)) * (POWERS[-scale] as number);
    if (Math.fround(short) === magnitude) {
      return short;
    }
  }
  return Number(magnitude.toPrecision(9));
}

/** Rounds as numpy and the number kernel do: of two decimals that are equally near, the even one. */
function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** The same for what is not finite, very large or very small. */
function shortenedText(magnitude: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(magnitude.toPrecision(digits));
    if (Math.fround(short) === magnitude) {
      return short;
    }
  }
  return Number(magnitude.toPrecision(9));
}
