import fc from 'fast-check';
import { fromData, fromNested, type NdArray } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { numbersFromJson } from '../../../src/runtime/json/read-numbers.ts';
import { toJsonText } from '../../../src/runtime/json/write-numbers.ts';

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''));
const sign = fc.constantFrom('', '-');
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc
    .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 340 }))
    .map((parts) => parts.join('')),
);

/** A number as JSON allows it, of any length. */
const literal = fc
  .tuple(
    sign,
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits(0, 20)).map((parts) => parts.join('')),
    ),
    fc.oneof(
      fc.constant(''),
      digits(1, 24).map((text) => `.${text}`),
    ),
    exponent,
  )
  .map((parts) => parts.join(''));
/** One of at most 15 digits, and with a power of ten that is exact. */
const shortLiteral = fc
  .tuple(sign, fc.nat(9_999_999), digits(0, 8))
  .map(([minus, whole, decimals]) => `${minus}${whole}${decimals && `.${decimals}`}`);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n ');

/** A list, or lists in it, of elements that `element` makes; all of a level equally long. */
function listText(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
    .chain(([length = 1, ...inner]) =>
      inner.reduceRight((list, count) => joined(list, count), joined(element, length)),
    );
}

function joined(element: fc.Arbitrary<string>, count: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(element, { minLength: count, maxLength: count }), space, space)
    .map(([list, before, after]) => `[${before}${list.join(`${after},${before}`)}${after}]`);
}

/** The result of JSON.parse, in the form of the code under test. */
function parsed(text: string): { shape: number[]; data: number[] } {
  const lists: unknown = JSON.parse(text);
  const shape: number[] = [];
  for (let level = lists; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
  }
  return { shape, data: (lists as number[]).flat(shape.length) };
}

describe('lists of numbers are read as JSON.parse reads them', () => {
  const read = (text: string) => {
    const found = numbersFromJson(text);
    return found && { ...found, data: Array.from(found.data) };
  };

  test('to the last bit, or not at all', () => {
    fc.assert(
      fc.property(listText(literal), (text) => {
        const found = read(text);
        if (found === undefined) {
          return;
        }
        const { shape, data } = parsed(text);
        expect(found).toEqual({ shape, data, length: text.length });
        expect(data.every((value, index) => Object.is(value, found.data[index]))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('always, where numbers have at most 15 digits, whatever stands behind', () => {
    fc.assert(
      fc.property(
        listText(shortLiteral),
        fc.constantFrom('', '}', ',"names":["ä"]'.slice(0, 9), ' ]'),
        (text, rest) => {
          expect(read(text + rest)).toEqual({ ...parsed(text), length: text.length });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['exponents', '[1e3, 2.5E-7, 1e+2, 0e5, 1E22, 1e-22]'],
    ['negative zero', '[-0, -0.0, 0]'],
    ['the largest integers', '[999999999999999, -999999999999999]'],
    ['some with more digits', `[${'0.5,'.repeat(100)}0.30000000000000004,1e300,5e-324,9007199254740991]`],
    ['many digits', JSON.stringify(Array.from({ length: 200 }, (_, i) => Math.sin(i)))],
    ['zeros before many digits', '[0.0000012345678901234567, -0.000000000000000000001234567890123456]'],
    [
      'more digits than decide',
      '[0.1000000000000000055511151231257827, 3.14159265358979323846264338327950288]',
    ],
    ['exponents that no double has', '[1e-400, 0e999999999999, 1e-99999999999, -0e5]'],
    ['many axes', `${'['.repeat(32)}1${']'.repeat(32)}`],
  ])('%s', (_what, text) => {
    const found = read(text);
    const { shape, data } = parsed(text);
    expect(found).toEqual({ shape, data, length: text.length });
    expect(data.every((value, index) => Object.is(value, found?.data[index]))).toBe(true);
  });

  test.each([
    ['a zero before another digit', '[01]'],
    ['a point without a digit', '[1.]'],
    ['no digit before the point', '[.5]'],
    ['a plus', '[+1]'],
    ['a minus alone', '[-]'],
    ['an exponent without a digit', '[1e]'],
    ['a comma too many', '[1,]'],
    ['no comma', '[1 2]'],
    ['no end', '[1,2'],
    ['no end of the outer list', '[[1],[2]'],
    ['lists of unequal length', '[[1,2],[3]]'],
    ['lists of unequal depth', '[[1],[[2]]]'],
    ['a number beside a list', '[[1],2]'],
    ['a list beside a number', '[1,[2]]'],
    ['nothing', '[]'],
    ['empty lists', '[[],[]]'],
    ['an empty list among others', '[[1],[]]'],
    ['text', '[1,"2"]'],
    ['null', '[1,null]'],
    ['booleans', '[1,true]'],
    ['NaN', '[1,NaN]'],
    ['an integer beyond 2^53', '[1,9007199254740993]'],
    ['a letter beyond ASCII that ends in the bits of a digit', '[1,\u0131]'],
    ['more axes than numpy has', `${'['.repeat(33)}1${']'.repeat(33)}`],
    ['a number of very many digits', `[1,${'1'.repeat(5000)}]`],
    ['a number beyond all doubles', '[1,1e309]'],
    ['white space of more than a piece has room for', `[1,${' '.repeat(2 ** 16)}2]`],
  ])('not %s', (_what, text) => {
    expect(numbersFromJson(text)).toBeUndefined();
  });

  describe('in a text of many pieces', () => {
    // Numbers of one to eleven characters.
    const long = Array.from({ length: 30_000 }, (_, i) => ((i * 7919) % 10_007) / 10 ** (i % 6));
    const table = Array.from({ length: 10_000 }, (_, row) => long.slice(3 * row, 3 * row + 3));

    test.each([
      ['a list', JSON.stringify(long)],
      ['a table', JSON.stringify(table)],
      ['a list over many lines', JSON.stringify(long, null, 4)],
      ['a table over many lines', JSON.stringify(table, null, 2)],
    ])('wherever they end: %s', (_what, text) => {
      const { shape, data } = parsed(text);
      for (let moved = 0; moved < 12; moved++) {
        const found = read(`[${' '.repeat(moved)}${text.slice(1)}}`);
        expect(found?.shape).toEqual(shape);
        expect(found?.length).toBe(text.length + moved);
        expect(found?.data.every((value, index) => Object.is(value, data[index]))).toBe(true);
      }
    });

    test('not when the text ends before the lists do', () => {
      // The piece before might close them.
      const column = JSON.stringify(Array.from({ length: 30_000 }, () => [1]));
      for (const text of [JSON.stringify(table), column]) {
        for (let end = text.length - 50; end < text.length; end++) {
          expect(numbersFromJson(text.slice(0, end))).toBeUndefined();
        }
      }
    });
  });

  test('or not at all, for any text that begins with a bracket', () => {
    const characters = fc.string({ unit: fc.constantFrom(...'[],.-+eE0123456789 \n"ä'), maxLength: 30 });
    fc.assert(
      fc.property(characters, (rest) => {
        const text = `[${rest}`;
        const found = read(text);
        if (found === undefined) {
          return;
        }
        expect({ shape: found.shape, data: found.data }).toEqual(parsed(text.slice(0, found.length)));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('numbers are written as JSON.stringify writes them', () => {
  const listsOf = (array: NdArray, isSingle?: boolean) =>
    toJsonText([{ elements: array.elements(), shape: array.shape, isSingle }]);
  const anyNumber = fc.oneof(
    fc.double(),
    fc.float(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 30 })).map(([n, power]) => n / 10 ** power),
    shortLiteral.map(Number),
    fc.constantFrom(
      0,
      -0,
      1e-6,
      9.99e-7,
      2.5e-7,
      1e-8,
      1e7,
      9999999.99999999,
      1e21,
      2 ** 30,
      2 ** 31,
      -(2 ** 31),
      5e-324,
      Number.NaN,
    ),
  );
  const shortNumber = shortLiteral.map(Number);
  const shape = fc
    .array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
    .filter((lengths) => {
      const size = lengths.reduce((product, length) => product * length, 1);
      return size <= 5000;
    });

  /** Nested lists of `values`, as JSON text; what is not finite as protobuf has it. */
  function expected(values: readonly number[], [length = 1, ...inner]: readonly number[]): string {
    if (inner.length === 0) {
      return JSON.stringify(values.map((value) => (Number.isFinite(value) ? value : String(value))));
    }
    const size = values.length / length;
    const parts = Array.from({ length }, (_, i) => expected(values.slice(i * size, (i + 1) * size), inner));
    return `[${parts.join(',')}]`;
  }

  /** `size` values that repeat `some`, in an order of no period. */
  function spread(some: readonly number[], size: number): number[] {
    return Array.from({ length: size }, (_, i) => some[(i * i + (i >> 3)) % some.length] as number);
  }

  test.each([
    ['any', anyNumber],
    ['short', shortNumber],
    ['mostly short', fc.oneof({ weight: 15, arbitrary: shortNumber }, anyNumber)],
  ])('%s numbers of any shape, from typed arrays and from lists', (_what, element) => {
    fc.assert(
      fc.property(shape, fc.array(element, { minLength: 1, maxLength: 60 }), (lengths, some) => {
        const size = lengths.reduce((product, length) => product * length, 1);
        const values = spread(some, size);
        const text = expected(values, lengths);
        const typed = fromData(Float64Array.from(values), lengths);
        expect(listsOf(typed)).toBe(text);
        const nested = fromNested(typed.toNested());
        expect(listsOf(fromData(values, lengths))).toBe(text);
        expect(listsOf(nested)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test.each([-1.2345678901234567e-6, -2.2250738585072014e-308, -123456789012345680000])(
    'the longest of all in pieces of any length: %s',
    (value) => {
      for (let rows = 1; rows < 20; rows++) {
        const [lengths, size] = [[8, rows, 1], 8 * rows];
        const values = Array.from({ length: size }, () => value);
        const array = fromData(Float64Array.from(values), lengths);
        expect(listsOf(array)).toBe(expected(values, lengths));
      }
    },
  );

  test.each([
    ['float32', Float32Array.of(0.1, 0.5, 16777217)],
    ['int8', Int8Array.of(-128, 0, 127)],
    ['int32', Int32Array.of(-2147483648, 0, 2147483647)],
    ['uint32', Uint32Array.of(0, 4294967295)],
  ])('elements of %s', (_dtype, data) => {
    const array = fromData(data);
    expect(listsOf(array)).toBe(JSON.stringify(Array.from(data)));
  });

  test.each([
    ['64-bit integers', fromData(BigInt64Array.of(1n, 2n))],
    ['complex numbers', fromData(Float64Array.of(1, 2), [1], 'complex128')],
    ['booleans among numbers', fromNested([1, true])],
    ['text', fromNested(['a', 'b'])],
  ])('not %s', (_what, array) => {
    expect(listsOf(array)).toBeUndefined();
  });
});
