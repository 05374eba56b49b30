import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBfloat16, fromHalf, toHalf } from '../../../src/runtime/arrays/half.ts';

describe('half precision', () => {
  const ALL = Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const isNan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

  test('every one of the 65,536 bit patterns comes back; all that are no number as the one NaN', () => {
    expect(ALL.filter((bits) => toHalf(fromHalf(bits)) !== (isNan(bits) ? 0x7e00 : bits))).toEqual([]);
  });

  test.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7c01, Number.NaN],
  ])('the bits %i are %d', (bits, value) => {
    expect(fromHalf(bits)).toBe(value);
  });

  test('the values grow with their bits', () => {
    for (let bits = 1; bits <= 0x7c00; bits++) {
      expect(fromHalf(bits) > fromHalf(bits - 1)).toBe(true);
    }
  });

  test('any number becomes the nearest one, and the even one of two that are as near', () => {
    const near = fc
      .tuple(fc.integer({ min: 0, max: 0x7bfe }), fc.constantFrom(0, 0.25, 0.5, 0.5 + 2 ** -20, 0.75, 1))
      .map(([bits, part]) => fromHalf(bits) + (fromHalf(bits + 1) - fromHalf(bits)) * part);
    fc.assert(
      fc.property(
        fc.oneof(near, fc.double({ min: 0, max: 65519, noNaN: true })),
        fc.boolean(),
        (magnitude, isNegative) => {
          const bits = toHalf(isNegative ? -magnitude : magnitude);
          expect(bits >> 15).toBe(isNegative ? 1 : 0);
          const found = bits & 0x7fff;
          const distance = Math.abs(fromHalf(found) - magnitude);
          for (const other of [found - 1, found + 1].filter((each) => each >= 0 && each < 0x7c00)) {
            const further = Math.abs(fromHalf(other) - magnitude);
            expect(distance < further || (distance === further && found % 2 === 0)).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect([65519.99, 65520, 1e300, -65520].map(toHalf)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
  });

  test('a bfloat16 is the upper half of a float32, for every bit pattern', () => {
    const view = new DataView(new ArrayBuffer(4));
    for (const bits of ALL) {
      view.setUint16(0, bits);
      expect(Object.is(fromBfloat16(bits), view.getFloat32(0))).toBe(true);
    }
  });
});
