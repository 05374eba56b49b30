import fc from 'fast-check';
import { fromData, fromNested, isType, type NdArray } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { fromNumbers } from '../../../src/runtime/arrays/ndarray.ts';
import { sizeOf } from '../../../src/runtime/arrays/shape.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { anyArray, arrayOf, shape } from '../../support/arbitraries.ts';

describe('reshape', () => {
  const reshaped = anyArray.chain((array) =>
    fc.tuple(fc.constant(array), fc.constantFrom(...shapesOf(sizeOf(array.shape)))),
  );

  test('keeps the elements in their order, and the dtype', () => {
    fc.assert(
      fc.property(reshaped, ([array, lengths]) => {
        const other = array.reshape(lengths);
        expect({ shape: other.shape, dtype: other.dtype }).toEqual({ shape: lengths, dtype: array.dtype });
        expect(other.toFlat()).toEqual(array.toFlat());
        expect(other.reshape(array.shape).toNested()).toEqual(array.toNested());
      }),
      { numRuns: 1000 },
    );
  });

  test('works one axis out', () => {
    fc.assert(
      fc.property(reshaped, fc.nat(), ([array, lengths], at) => {
        fc.pre(lengths.length > 0 && !lengths.includes(0));
        const asked = lengths.map((length, axis) => (axis === at % lengths.length ? -1 : length));
        expect(array.reshape(asked).shape).toEqual(lengths);
      }),
      { numRuns: 500 },
    );
  });

  test('to any other size is refused', () => {
    fc.assert(
      fc.property(anyArray, shape, (array, lengths) => {
        fc.pre(sizeOf(lengths) !== sizeOf(array.shape));
        expect(() => array.reshape(lengths)).toThrow(
          expect.objectContaining({ reason: 'MICROSERVICE_BAD_DATA', status: 400 }),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('gives a view: what is written through it is seen in the array, and the reverse', () => {
    for (const array of [
      fromNested([[1, 2, 3]]),
      fromData(Float64Array.of(1, 2, 3)),
      fromData([1, 2, 3]),
      fromNumbers([1, 2, 3], [3]),
    ]) {
      const column = array.reshape([-1, 1]) as NdArray<'float64'>;
      column.data[0] = 9;
      (array as NdArray<'float64'>).data[2] = 7;
      expect(column.toNested()).toEqual([[9], [2], [7]]);
      expect(array.toFlat()).toEqual([9, 2, 7]);
    }
  });
});

describe('asType', () => {
  const TARGETS = [
    ...(['float64', 'float32', 'int8', 'int16', 'int32', 'int64'] as const),
    ...(['uint8', 'uint16', 'uint32', 'uint64'] as const),
  ];
  const small = fc.double({ min: 0, max: 127, noNaN: true });

  test.each(TARGETS)('%s has the same shape and the numbers without what it cannot hold', (dtype) => {
    fc.assert(
      fc.property(arrayOf('float64', small), (array) => {
        const other = array.asType(dtype);
        expect({ shape: other.shape, dtype: other.dtype }).toEqual({ shape: array.shape, dtype });
        const numbers = Array.from(array.data as Float64Array);
        const expected = numbers.map((value) =>
          dtype === 'float64' ? value : dtype === 'float32' ? Math.fround(value) : Math.trunc(value) + 0,
        );
        expect(Array.from(other.data, Number)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test.each(TARGETS)('%s of booleans is of 1 and 0', (dtype) => {
    const numbers = fromNested([true, false], 'objects').asType(dtype);
    expect(Array.from(numbers.data, Number)).toEqual([1, 0]);
  });

  test('of the dtype that it has is the array itself; of another one a copy', () => {
    fc.assert(
      fc.property(arrayOf('float64'), (array) => {
        expect(array.asType('float64')).toBe(array);
        expect(isType(array, 'float64')).toBe(true);
        const copy = array.asType('float32');
        if (copy.data.length === 0) {
          return;
        }
        copy.data[0] = 77;
        expect((array.data as Float64Array)[0]).not.toBe(77.5);
        (array.data as Float64Array)[0] = 78;
        expect(copy.data[0]).toBe(77);
      }),
      { numRuns: 100 },
    );
  });

  test('64-bit integers keep every digit among themselves', () => {
    const array = fromData(BigInt64Array.of(2n ** 53n + 1n));
    expect(array.asType('uint64').data).toEqual(BigUint64Array.of(2n ** 53n + 1n));
    expect(fromNested([2n ** 62n + 1n]).asType('int64').data).toEqual(BigInt64Array.of(2n ** 62n + 1n));
  });

  test('of anything that is no number is the caller’s mistake, and names the element', () => {
    const bad = fc.constantFrom<unknown>('1', '', 'abc', null, undefined, {});
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 3 }),
        bad,
        fc.constantFrom(...TARGETS),
        (numbers, value, dtype) => {
          const array = fromNested([...numbers, value]);
          expect(() => array.asType(dtype)).toThrow(
            expect.objectContaining({
              reason: 'MICROSERVICE_BAD_DATA',
              status: 400,
              info: expect.stringContaining(`element ${numbers.length} `),
            }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('an integer beyond 2^53 is the nearest float, and an integer only where it fits', () => {
    const array = fromNested([2n ** 64n + 1n, 2n ** 53n + 1n]);
    expect(array.asType('float64').data).toEqual(Float64Array.of(2 ** 64, 2 ** 53));
    for (const dtype of ['int64', 'uint64', 'int32'] as const) {
      expect(() => array.asType(dtype)).toThrow(`element 0 of the array (dtype object) is ${2n ** 64n + 1n}`);
    }
    expect(() => fromNested([2n ** 63n]).asType('int64')).toThrow('expected a number that int64 can hold');
    expect(() => fromNested([2n ** 53n + 1n]).asType('int32')).toThrow(
      'expected a number that int32 can hold',
    );
  });

  test.each(['int64', 'uint64', 'int32', 'uint8'] as const)(
    '%s of NaN or infinity, which no integer is, is the caller’s mistake',
    (dtype) => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        expect(() => fromNested([1, value]).asType(dtype)).toThrow(
          expect.objectContaining({ reason: 'MICROSERVICE_BAD_DATA', status: 400 }),
        );
      }
    },
  );

  test('of complex numbers, and to them, is refused', () => {
    expect(() => fromData(Float64Array.of(1, 2), [1], 'complex128').asType('float64')).toThrow(SeldonError);
    expect(() => fromNested([1]).asType('complex128')).toThrow(SeldonError);
  });
});

function shapesOf(size: number): number[][] {
  const divisors = Array.from({ length: size }, (_, i) => i + 1).filter((divisor) => size % divisor === 0);
  const pairs = divisors.map((divisor) => [divisor, size / divisor]);
  return [
    [size],
    [1, size, 1],
    ...pairs,
    ...(size === 1 ? [[]] : []),
    ...(size === 0
      ? [
          [0, 3],
          [2, 0],
        ]
      : []),
  ];
}
