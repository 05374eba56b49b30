import fc from 'fast-check';
import { type DType, fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../src/runtime/arrays/shape.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { json, shape } from '../../support/arbitraries.ts';

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
    ['integers beyond 2^53', [1, 2n ** 53n + 1n], [2], 'int64'],
    ['integers beyond int64', [[1, 2n ** 63n]], [1, 2], 'uint64'],
    ['integers of which none holds all', [-1, 2n ** 63n], [2], 'object'],
    ['an integer that a float would round', [0.5, 2n ** 53n + 1n], [2], 'object'],
    ['an integer that a float holds', [0.5, 10n ** 20n], [2], 'float64'],
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
  const elements = elementsOf(nested, shapeOf(nested).length);
  const kinds = new Set(elements.map((element) => (typeof element === 'bigint' ? 'number' : typeof element)));
  const is = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (is('number')) {
    return dtypeOfNumbers(elements as (number | bigint)[]);
  }
  if (is('boolean')) {
    return 'bool';
  }
  if (is('string')) {
    return 'string';
  }
  const isNumbers = mixed === 'numbers' && is('number', 'boolean');
  return isNumbers ? dtypeOfNumbers(elements.map((element) => element as number)) : 'object';
}

/** float64, unless an integer is beyond 2^53; then the one that holds all, which may be none. */
function dtypeOfNumbers(elements: readonly (number | bigint)[]): DType {
  const isLong = (value: number | bigint) => typeof value === 'bigint' && BigInt.asIntN(54, value) !== value;
  if (!elements.some(isLong)) {
    return 'float64';
  }
  if (elements.some((value) => typeof value === 'number' && !Number.isSafeInteger(value))) {
    return elements.every((value) => !isLong(value) || `${Number(value)}` === `${value}`)
      ? 'float64'
      : 'object';
  }
  const integers = elements.map((element) => BigInt(element));
  return integers.every((value) => BigInt.asIntN(64, value) === value)
    ? 'int64'
    : integers.every((value) => BigInt.asUintN(64, value) === value)
      ? 'uint64'
      : 'object';
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
