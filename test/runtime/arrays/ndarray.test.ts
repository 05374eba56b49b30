import fc from 'fast-check';
import { type DType, fromData, fromNested, isType, type NdArray, zeros } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { isComplex, isNumeric } from '../../../src/runtime/arrays/dtype.ts';
import { fromNumbers } from '../../../src/runtime/arrays/ndarray.ts';
import { sizeOf } from '../../../src/runtime/arrays/shape.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { anyArray, arrayOf, DTYPES, json, shape } from '../../support/arbitraries.ts';

/** Nested lists of a regular shape, of one kind of element or of several. */
const regular = fc
  .tuple(
    shape,
    fc.constantFrom<fc.Arbitrary<unknown>>(
      fc.double(),
      fc.boolean(),
      fc.string({ maxLength: 3 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 64n }),
      fc.oneof(fc.double(), fc.boolean()),
      fc.oneof(fc.double(), fc.bigInt({ min: 0n, max: 9n }), fc.constant(null), fc.string()),
      fc.constantFrom(null, undefined, {}),
    ),
  )
  .chain(([lengths, element]) => {
    const size = sizeOf(lengths);
    return fc.array(element, { minLength: size, maxLength: size }).map((flat) => nest(flat, lengths));
  });

/** Lists of unequal length and depth. */
const ragged: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  level: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'ragged' },
    fc.constantFrom(1, 2.5, true, 'x', null),
    fc.array(tie('level'), { maxLength: 3, depthIdentifier: 'ragged' }),
    fc.array(fc.constant([]), { maxLength: 2 }),
  ),
})).level;

const lists = fc.oneof(regular, ragged, json);

describe('an array from nested lists', () => {
  test('has the shape and dtype that a simple reading of numpy’s rules gives', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom('numbers', 'objects'), (nested, mixed) => {
        const array = fromNested(nested, mixed);
        expect(array.shape).toEqual(shapeOf(nested));
        expect(array.dtype).toBe(dtypeOf(nested, mixed));
      }),
      { numRuns: 3000 },
    );
  });

  test('gives the same nested lists back', () => {
    fc.assert(
      fc.property(lists, (nested) => {
        expect(fromNested(nested).toNested()).toEqual(nested);
      }),
      { numRuns: 1000 },
    );
  });

  test('gives them back from its data too, as numbers where the dtype is one of numbers', () => {
    fc.assert(
      fc.property(lists, (nested) => {
        const array = fromNested(nested);
        const before = structuredClone(nested);
        expect(array.data).toHaveLength(sizeOf(array.shape));
        const expected = array.dtype === 'float64' ? asNumbers(nested) : nested;
        const seen = array.shape.includes(0) ? nest([], array.shape) : expected;
        expect(array.toNested()).toEqual(seen);
        expect(nested).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  test('has a row-major list of its elements', () => {
    fc.assert(
      fc.property(lists, (nested) => {
        const array = fromNested(nested);
        const flat = array.toFlat();
        expect(nest(flat, array.shape)).toEqual(array.shape.includes(0) ? nest([], array.shape) : nested);
        expect(flat).toHaveLength(sizeOf(array.shape));
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[name: string, nested: unknown, shape: number[], dtype: DType]>([
    ['one number', 5, [], 'float64'],
    ['null', null, [], 'object'],
    ['nothing', [], [0], 'float64'],
    ['a list of nothing', [[]], [1, 0], 'float64'],
    ['lists of nothing', [[[]], [[]]], [2, 1, 0], 'float64'],
    ['rows of unequal length', [[1, 2], [3]], [2], 'object'],
    ['a number beside a row', [[1], 2], [2], 'object'],
    ['a row beside a number', [1, [2]], [2], 'object'],
    ['nothing beside something', [[], [1]], [2], 'object'],
    [
      'raggedness further down',
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      [2, 2],
      'object',
    ],
    ['numbers and booleans', [1, true], [2], 'float64'],
    ['booleans', [[true], [false]], [2, 1], 'bool'],
    ['a bigint that no 64 bits hold', [2n ** 64n], [1], 'object'],
    ['objects', [{ a: 1 }], [1], 'object'],
    ['typed arrays in a list', [Float64Array.of(1)], [1], 'object'],
  ])('%s', (_name, nested, expectedShape, dtype) => {
    const array = fromNested(nested);
    expect({ shape: array.shape, dtype: array.dtype }).toEqual({ shape: expectedShape, dtype });
  });

  test('takes 32 axes and no more', () => {
    const deep = (levels: number) => {
      let nested: unknown = 1;
      for (let level = 0; level < levels; level++) {
        nested = [nested];
      }
      return nested;
    };
    expect(fromNested(deep(32)).shape).toEqual(new Array(32).fill(1));
    for (const levels of [33, 1000, 100_000]) {
      expect(() => fromNested(deep(levels))).toThrow(SeldonError);
    }
  });

  test('with holes has them as elements, and none of ours fails on them', () => {
    const second = (value: unknown) => Object.assign(new Array(2), { 1: value });
    const holes = [[[[1], [2]], second([3])], new Array(3), [[1, 2], new Array(2)], second(1)];
    for (const nested of holes) {
      const array = fromNested(nested);
      expect(array.dtype).toBe('object');
      expect(array.toFlat()).toHaveLength(sizeOf(array.shape));
      expect(array.toNested()).toEqual(nested);
    }
  });
});

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
    const bad = fc.constantFrom<unknown>('1', '', 'abc', null, undefined, {}, 2n ** 64n);
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

/** numpy's shape, the simple way: the lengths that all parts have in common. */
function shapeOf(nested: unknown): number[] {
  if (!Array.isArray(nested)) {
    return [];
  }
  if (nested.length === 0) {
    return [0];
  }
  const shapes = nested.map(shapeOf);
  const common: number[] = [];
  while (
    shapes.every((each) => each.length > common.length && each[common.length] === shapes[0][common.length])
  ) {
    common.push(shapes[0][common.length]);
  }
  return [nested.length, ...common];
}

function isRagged(nested: unknown): boolean {
  return elementsOf(nested, shapeOf(nested).length).some((element) => Array.isArray(element));
}

function elementsOf(nested: unknown, axes: number): unknown[] {
  return axes === 0 ? [nested] : (nested as unknown[]).flatMap((inner) => elementsOf(inner, axes - 1));
}

function dtypeOf(nested: unknown, mixed: 'numbers' | 'objects'): DType {
  if (isRagged(nested)) {
    return 'object';
  }
  const kinds = new Set(
    elementsOf(nested, shapeOf(nested).length).map((element) =>
      typeof element === 'bigint'
        ? BigInt.asIntN(65, element) === element
          ? 'number'
          : 'huge'
        : typeof element,
    ),
  );
  const is = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (is('number')) {
    return 'float64';
  }
  if (is('boolean')) {
    return 'bool';
  }
  if (is('string')) {
    return 'string';
  }
  return mixed === 'numbers' && is('number', 'boolean') ? 'float64' : 'object';
}

function asNumbers(nested: unknown): unknown {
  return Array.isArray(nested) ? nested.map(asNumbers) : Number(nested);
}

function nest(flat: readonly unknown[], lengths: readonly number[]): unknown {
  const [length, ...rest] = lengths;
  if (length === undefined) {
    return flat[0];
  }
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), rest));
}

/** Some shapes of `size` elements. */
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
