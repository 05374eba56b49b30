const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** A half-precision number and the float32 of the same bits, 13 places higher, differ by this factor. */
const SCALE = 2 ** 112;

/** The value of an IEEE 754 half-precision number given by its 16 bits. */
export function fromHalf(bits: number): number {
  BITS[0] = (bits & 0x7fff) << 13;
  const scaled = (FLOAT[0] as number) * SCALE;
  const magnitude = scaled < 65536 ? scaled : bits & 0x3ff ? Number.NaN : Number.POSITIVE_INFINITY;
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** The half-precision number nearest to `value`, ties to even. */
export function roundToHalf(value: number): number {
  const magnitude = Math.abs(value);
  // 65520 is half way between the largest half-precision number and the next power of two.
  if (!(magnitude < 65520)) {
    // Infinite, with its sign; NaN stays.
    return value * 1e305;
  }
  FLOAT[0] = magnitude;
  // Of the magnitude, biased; below 2^-14, numbers are as far apart as from there on.
  const exponent = Math.max((BITS[0] as number) >>> 23, 113);
  // 1.5 * 2^42 times this power: doubles near it are as far apart as half-precision numbers near the
  // magnitude.
  BITS[0] = ((exponent + 42) << 23) | 0x400000;
  const far = FLOAT[0] as number;
  const rounded = magnitude + far - far;
  // -0 is negative, too.
  return 1 / value < 0 ? -rounded : rounded;
}

/** The 16 bits of the half-precision number nearest to `value`, ties to even. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) {
    return 0x7e00;
  }
  // Infinity has its bits in the same places, too.
  FLOAT[0] = roundToHalf(value) / SCALE;
  const bits = BITS[0] as number;
  return ((bits >>> 16) & 0x8000) | ((bits >>> 13) & 0x7fff);
}

/** The value of a bfloat16 given by its 16 bits: the upper half of a float32. */
export function fromBfloat16(bits: number): number {
  BITS[0] = bits << 16;
  return FLOAT[0] as number;
}

/** The 16 bits of the bfloat16 nearest to `value`, ties to even. */
export function toBfloat16(value: number): number {
  if (Number.isNaN(value)) {
    return 0x7fc0;
  }
  FLOAT[0] = value;
  const bits = BITS[0] as number;
  // Half of the lower 16 bits, or a little less where the upper half is even, carries into the upper half.
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}
