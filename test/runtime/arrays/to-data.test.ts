import fc from 'fast-check';
import { fromData, fromNested, type NdArray } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { isComplex, isNumeric } from '../../../src/runtime/arrays/dtype.ts';
import { fromNumbers } from '../../../src/runtime/arrays/ndarray.ts';
import { sizeOf } from '../../../src/runtime/arrays/shape.ts';
import { anyArray, arrayOf, DTYPES } from '../../support/arbitraries.ts';

describe('what is written to data', () => {
  test('is seen in the nested and the flat list afterwards, whatever the array was made of', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyArray.map((array) => [array, array.data] as const),
          arrayOf('float64').map((array) => [fromNested(array.toNested()), undefined] as const),
          arrayOf('float64').map(
            (array) => [fromNumbers(array.toFlat() as number[], array.shape), undefined] as const,
          ),
          arrayOf('object').map((array) => [fromNested(array.toNested()), undefined] as const),
        ),
        fc.nat(),
        fc.boolean(),
        ([array], at, isReadBefore) => {
          fc.pre(array.data.length > 0 && !isComplex(array.dtype));
          if (isReadBefore) {
            array.toNested();
          }
          const data = array.data as unknown[];
          const index = at % data.length;
          const written =
            typeof data[index] === 'bigint' ? 1n : typeof data[index] === 'boolean' ? !data[index] : 1;
          data[index] = written;
          expect(array.toFlat()[index]).toEqual(written);
          expect(array.toNested()).toEqual(nest(array.toFlat(), array.shape));
          expect(array.data).toBe(data);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('does not change the lists that the array was made from', () => {
    const nested = [
      [1, 2],
      [3, 4],
    ];
    const flat = [1, 2, 3, 4];
    (fromNested(nested) as NdArray<'float64'>).data[0] = 9;
    (fromNumbers(flat, [2, 2]) as NdArray<'float64'>).data[0] = 9;
    const texts = ['a', 'b'];
    (fromNested(texts) as NdArray<'string'>).data[0] = 'z';
    expect([nested, flat, texts]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
      ['a', 'b'],
    ]);
  });

  test('changes the typed array that the array was made over: it is no copy', () => {
    const data = Float32Array.of(1, 2);
    const array = fromData(data, [1, 2]);
    (array as NdArray<'float32'>).data[1] = 5;
    expect(data[1]).toBe(5);
    data[0] = 4;
    expect(array.toNested()).toEqual([[4, 5]]);
  });
});

test('numbers are what numpy calls numbers', () => {
  expect(DTYPES.filter((dtype) => !isNumeric(dtype)).sort()).toEqual([
    'bfloat16',
    'bool',
    'object',
    'string',
  ]);
});

function nest(flat: readonly unknown[], lengths: readonly number[]): unknown {
  const [length, ...rest] = lengths;
  if (length === undefined) {
    return flat[0];
  }
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), rest));
}
