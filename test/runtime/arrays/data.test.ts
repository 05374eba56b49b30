import fc from 'fast-check';
import { type DType, fromData, zeros } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { isComplex } from '../../../src/runtime/arrays/dtype.ts';
import { sizeOf } from '../../../src/runtime/arrays/shape.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { anyArray, DTYPES, shape } from '../../support/arbitraries.ts';

describe('an array over data', () => {
  test('has what it was given, seen as its shape', () => {
    fc.assert(
      fc.property(anyArray, (array) => {
        const flat = array.toFlat();
        expect(flat).toHaveLength(sizeOf(array.shape));
        expect(array.toNested()).toEqual(nest(flat, array.shape));
        expect(array.data.length).toBe(flat.length * (isComplex(array.dtype) ? 2 : 1));
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[list: ArrayLike<unknown>, dtype: DType]>([
    [Float64Array.of(1), 'float64'],
    [Float32Array.of(1), 'float32'],
    [Int8Array.of(1), 'int8'],
    [Int16Array.of(1), 'int16'],
    [Int32Array.of(1), 'int32'],
    [BigInt64Array.of(1n), 'int64'],
    [Uint8Array.of(1), 'uint8'],
    [Buffer.of(1), 'uint8'],
    [Uint8ClampedArray.of(1), 'uint8'],
    [Uint16Array.of(1), 'uint16'],
    [Uint32Array.of(1), 'uint32'],
    [BigUint64Array.of(1n), 'uint64'],
    [[1], 'float64'],
    [[1n], 'float64'],
    [[true], 'bool'],
    ['ab'.split(''), 'string'],
    [[1, true], 'object'],
    [[null], 'object'],
    [[], 'float64'],
  ])('%o is of dtype %s', (list, dtype) => {
    const array = fromData(list as number[]);
    expect({ dtype: array.dtype, shape: array.shape }).toEqual({ dtype, shape: [list.length] });
  });

  test.each<[number, number[]]>([
    [6, [4]],
    [6, [2, 2]],
    [6, []],
    [6, [-1, -1]],
    [6, [-1, 4]],
    [6, [-2, -3]],
    [6, [1.5, 4]],
    [6, [Number.NaN]],
    [6, [-1, 0]],
    [0, [-1, 0]],
    [0, [-1, -1]],
    [0, [Number.POSITIVE_INFINITY, 0]],
    [6, ['6' as unknown as number]],
  ])('of %i elements does not fit the shape %o', (size, lengths) => {
    expect(() => fromData(new Float64Array(size), lengths)).toThrow(SeldonError);
    expect(() => fromData(new Float64Array(size)).reshape(lengths)).toThrow(SeldonError);
  });

  test('of complex numbers needs two numbers an element', () => {
    expect(fromData(Float64Array.of(1, 2, 3, 4), undefined, 'complex128')).toMatchObject({ shape: [2] });
    expect(fromData(Float64Array.of(1, 2, 3, 4), [2, 1], 'complex128').toNested()).toEqual([
      [[1, 2]],
      [[3, 4]],
    ]);
    expect(() => fromData(Float64Array.of(1, 2, 3), undefined, 'complex128')).toThrow(SeldonError);
  });

  test.each(DTYPES.filter((dtype) => !/bool|string|object/.test(dtype)))('of zeros, %s', (dtype) => {
    fc.assert(
      fc.property(shape, (lengths) => {
        const array = zeros(lengths, dtype as 'float64');
        expect({ shape: array.shape, dtype: array.dtype }).toEqual({ shape: lengths, dtype });
        expect(Array.from(array.data).every((value) => Number(value) === 0)).toBe(true);
        expect(array.data).toHaveLength(sizeOf(lengths) * (isComplex(dtype) ? 2 : 1));
      }),
      { numRuns: 30 },
    );
  });

  test.each([[[-1, -1]], [[-1]], [[1.5]], [[0.5, 2]], [[Number.NaN]]])(
    'of zeros has no shape %o',
    (lengths) => {
      expect(() => zeros(lengths)).toThrow(SeldonError);
    },
  );
});

function nest(flat: readonly unknown[], lengths: readonly number[]): unknown {
  const [length, ...rest] = lengths;
  if (length === undefined) {
    return flat[0];
  }
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), rest));
}
