import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fromData } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { compileKernel, KERNEL_FILE } from '../../../src/bundle/compile-kernel.ts';
import { numbersFromJson } from '../../../src/runtime/json/read-numbers.ts';
import { toJsonText } from '../../../src/runtime/json/write-numbers.ts';
import { randomDoubles } from '../../support/random-doubles.ts';

/** NUMBER_TESTS=100000000 checks so many random doubles instead of a million. */
const RANDOM = Number(process.env.NUMBER_TESTS ?? 1_000_000);
const BATCH = 100_000;

test('the kernel that is checked in is made of its source', async () => {
  const kept = readFileSync(new URL(`../../../${KERNEL_FILE}`, import.meta.url), 'utf8');
  // After a change in src/kernel: npm run kernel.
  expect(kept).toBe(await compileKernel());
}, 300_000);

/** Numbers, and the next doubles on both sides. */
function withNeighbours(values: readonly number[]): number[] {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  return values.flatMap((value) =>
    [-1n, 0n, 1n].flatMap((step) => {
      double[0] = value;
      bits[0] = (bits[0] as bigint) + step;
      return Number.isFinite(double[0]) ? [double[0], -double[0]] : [];
    }),
  );
}

const powersOfTwo = withNeighbours(Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074)));
const powersOfTen = withNeighbours(Array.from({ length: 632 }, (_, i) => Number(`1e${i - 323}`)));
const subnormal = Array.from({ length: 20_000 }, (_, i) => (i % 7) ** (i % 18) * i * 5e-324);
/**
 * The hardest to write: a number between two short decimals, digits at the bounds of what is rounded to it.
 *
 * @see M. Andrysco et al., Printing Floating-Point Numbers: a Faster, Always Correct Method, 2016; R.
 *   Giulietti, The Schubfach way to render doubles, 2020; U. Adams, Ryu, 2018
 */
const hardToWrite = [
  5e-324,
  1e-323,
  1.5e-323,
  2e-323,
  4.9406564584124654e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1.7976931348623157e308,
  9007199254740991,
  9007199254740992,
  9007199254740994,
  1e23,
  9.5e-320,
  2e-44,
  2e23,
  5.764607523034235e39,
  1.152921504606847e40,
  2.305843009213694e40,
  4.940656e-318,
  1.18575755e-316,
  2.989102097996e-312,
  9.0608011534336e15,
  4.708356024711512e18,
  9.409340012568248e18,
  1.2345678,
  1.8531501765868567e21,
  -3.347727380279489e33,
  1.9430376160308388e16,
  -6.9741824662760956e19,
  4.3816050601147837e18,
  2 ** 24,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  9.223372036854775e18,
  1.2e-5,
  123456789012345680000,
];

describe('as JSON.stringify writes it, letter for letter, and as JSON.parse reads it, to the last bit', () => {
  /** The place where two texts or arrays differ first, for a message that can be read. */
  function check(values: Float64Array): void {
    const finite = values.filter(Number.isFinite);
    const list = Array.from(finite);
    const text = JSON.stringify(list);
    const written = toJsonText([{ elements: fromData(finite).elements(), shape: [finite.length] }]);
    if (written !== text) {
      const found = written?.slice(1, -1).split(',') ?? [];
      expect(found).toEqual(text.slice(1, -1).split(','));
    }
    // With a point: integers beyond 2^53 are read with all their digits, elsewhere.
    const read = numbersFromJson(text.replace(/(?<=[[,]-?\d+)(?=[,\]])/g, '.0'))?.data;
    expect(read?.length).toBe(finite.length);
    const wrong = list.filter((value, i) => !Object.is(read?.[i], value + 0));
    expect(wrong).toEqual([]);
  }

  test.each([
    ['powers of two and their neighbours', powersOfTwo],
    ['powers of ten and their neighbours', powersOfTen],
    ['subnormal numbers', subnormal],
    ['what is hard to write', withNeighbours(hardToWrite)],
    ['integers', Array.from({ length: 20_000 }, (_, i) => (i * 104_729) ** (1 + (i % 3)))],
  ])('%s', (_what, values) => {
    check(Float64Array.from(values));
  });

  test(
    `${RANDOM} random doubles of every exponent`,
    () => {
      for (let at = 0; at < RANDOM; at += BATCH) {
        check(randomDoubles(Math.min(BATCH, RANDOM - at), at + 1));
      }
    },
    2 ** 31 - 1,
  );

  test('random numbers as they are computed', () => {
    const bits = randomDoubles(BATCH, 7).map((value) => Math.abs(value) % 1);
    for (const scale of [1, 255, 1e-4, 1e9, 1e-9]) {
      check(bits.map((value) => value * scale));
      check(bits.map((value) => Math.fround(value * scale)));
      check(bits.map((value) => Math.round(value * 1e6) / 1e6));
    }
  });
});

describe('decimals that are hard to read', () => {
  /** The exact decimal of the number half way to the next double, as `digits`e`exponent`. */
  function halfway(value: number): { digits: bigint; exponent: number } {
    const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
    const field = Number(bits >> 52n);
    const fraction = bits & 0xfffffffffffffn;
    const significand = 2n * (field === 0 ? fraction : fraction | (1n << 52n)) + 1n;
    const power = Math.max(field, 1) - 1076;
    return power < 0
      ? { digits: significand * 5n ** BigInt(-power), exponent: power }
      : { digits: significand << BigInt(power), exponent: 0 };
  }

  function check(texts: readonly string[]): void {
    const json = `[${texts.join(',')}]`;
    const expected = JSON.parse(json) as number[];
    const read = numbersFromJson(json)?.data;
    expect(read && Array.from(read)).toEqual(expected);
  }

  test('half way between two doubles, where 19 digits hold it, and beside it', () => {
    const values = [2 ** 53, 2 ** 54, 2 ** 60, 1, 3, 5, 7, 1e15, 0.5, 0.75, 2 ** 40 + 1, 1e22];
    const texts = withNeighbours(values)
      .filter((value) => value > 0)
      .map(halfway)
      .flatMap(({ digits, exponent }) => [-1n, 0n, 1n].map((step) => `${digits + step}e${exponent}`))
      .filter((text) => text.length < 90);
    expect(texts.filter((text) => text.indexOf('e') <= 19).length).toBeGreaterThan(20);
    for (const text of texts) {
      const read = numbersFromJson(`[${text}]`)?.data[0];
      // Of more digits, some are left to JSON.parse.
      expect(read ?? Number(text), text).toBe(Number(text));
      expect(read === undefined && text.indexOf('e') <= 19).toBe(false);
    }
  });

  // See the tests of fast_float and of double-conversion, and D. Lemire's paper.
  test.each([
    [
      'at the bounds of subnormal numbers',
      [
        '2.2250738585072011e-308',
        '2.2250738585072012e-308',
        '4.9e-324',
        '2.4703282292062327e-324',
        '2.4703282292062328e-324',
        '7.4109846876186982e-324',
      ],
    ],
    ['at the largest double', ['1.7976931348623157e308', '1.7976931348623158e308', '17976931348623157e292']],
    [
      'with many zeros',
      [
        '1000000000000000000.0',
        '0.00000000000000000000000000000123456789012345678',
        '1230000000000000000e-300',
      ],
    ],
    [
      'of 19 digits',
      [
        '9007199254740993.0',
        '9007199254740991.5',
        '9223372036854775808.0',
        '1.448997445238699',
        '8.988465674311580e307',
        '6929495644600919.5',
        '3.5844466002796428e298',
        '0.3932922657273',
        '7.8459735791271921e65',
      ],
    ],
    [
      'that need the second product',
      [
        '5.5626846462680035e-309',
        '9.109e-28',
        '1.2345e-300',
        '8.1e-322',
        '1090544144181609348835077142190e3',
      ],
    ],
  ])('%s', (_what, texts) => {
    check(texts);
  });

  test('all digits and exponents around what a double holds exactly', () => {
    const digits = [1, 5, 9007199254740991, 9007199254740992]
      .map(String)
      .concat('9007199254740993', '1234567890123456789', '9999999999999999999');
    const exponents = Array.from({ length: 660 }, (_, i) => i - 345);
    for (const each of digits) {
      check(
        exponents.map((exponent) => `${each}e${exponent}`).filter((text) => Number.isFinite(Number(text))),
      );
    }
  });
});

describe('what is no list of numbers is not read as one', () => {
  const digits = (min: number, max: number) =>
    fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`)).map((text) => text || '0');
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.integer({ min: -300, max: 300 }).map(String),
    fc.tuple(fc.constantFrom('', '-'), fc.nat(1000), digits(1, 22)).map(([sign, a, b]) => `${sign}${a}.${b}`),
    fc.tuple(digits(1, 4), fc.constantFrom('e', 'E', 'e-', 'e+'), fc.nat(330)).map((parts) => parts.join('')),
    digits(1, 21),
  );
  const row = fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => `[${numbers.join(',')}]`);
  const lists = fc.oneof(
    row,
    fc.array(row, { minLength: 1, maxLength: 3 }).map((rows) => `[${rows.join(', ')}]`),
  );
  const slip = fc.record({
    at: fc.nat(200),
    length: fc.nat(2),
    text: fc.constantFrom(...'0123456789.,eE+-[] "/:\n\0n', ''),
  });

  test('a text with slips is refused, or read as JSON.parse reads it', () => {
    let accepted = 0;
    fc.assert(
      fc.property(lists, fc.array(slip, { maxLength: 2 }), (correct, slips) => {
        let text = correct;
        for (const { at, length, text: other } of slips) {
          const place = at % text.length;
          text = text.slice(0, place) + other + text.slice(place + length);
        }
        const read = numbersFromJson(text);
        if (read !== undefined) {
          accepted++;
          const expected: unknown[] = JSON.parse(text.slice(0, read.length));
          expect(Array.from(read.data)).toEqual(expected.flat());
          expect(read.shape[0]).toBe(expected.length);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(2000);
  });
});

describe('32-bit floats are written with the fewest digits that tell them apart', () => {
  const write = (data: Float32Array) =>
    toJsonText([{ elements: fromData(data).elements(), shape: [data.length], isSingle: true }]) as string;

  test.each([
    [0.1, '0.1'],
    [1 / 3, '0.33333334'],
    [16777216, '16777216'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [1.401298464324817e-45, '1e-45'],
    [1.1754943508222875e-38, '1.1754944e-38'],
    [123456790528, '123456790000'],
    [-0, '0'],
    [8.5e-7, '8.5e-7'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ])('%s', (value, text) => {
    expect(write(Float32Array.of(value))).toBe(`[${text}]`);
  });

  /** Digits and exponent of the shortest decimals that are rounded to `value`. */
  function fewestDigits(value: number): number {
    for (let digits = 1; digits < 9; digits++) {
      const [text, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
      const units = Number(text.replace('.', ''));
      const near = [units - 1, units, units + 1].map((unit) =>
        Number(`${unit}e${Number(exponent) - digits + 1}`),
      );
      if (near.some((each) => Math.fround(each) === value)) {
        return digits;
      }
    }
    return 9;
  }

  test('a million of every exponent: they come back, and no shorter decimal does', () => {
    const bits = new Uint32Array(randomDoubles(RANDOM / 2, 3).buffer);
    const data = new Float32Array(bits.buffer).filter(Number.isFinite);
    const texts = write(data).slice(1, -1).split(',');
    expect(texts.length).toBe(data.length);
    const wrong = texts.filter((text, i) => Math.fround(Number(text)) !== data[i]);
    expect(wrong).toEqual([]);
    const long = texts.slice(0, 50_000).filter((text, i) => {
      const digits = text
        .replace(/e.*|[-.]/g, '')
        .replace(/^0+/, '')
        .replace(/0+$/, '');
      return digits.length > fewestDigits(Math.abs(data[i] as number));
    });
    expect(long).toEqual([]);
  });

  test('powers of two and their neighbours come back', () => {
    const bits = Uint32Array.from(
      { length: 3 * 254 },
      (_, i) => Math.floor(i / 3 + 1) * 2 ** 23 + (i % 3) - 1,
    );
    const data = new Float32Array(bits.buffer);
    const read = JSON.parse(write(data)) as number[];
    expect(read.map(Math.fround)).toEqual(Array.from(data));
  });
});

describe('memory that is used again', () => {
  test('has nothing of an earlier text in a later one', () => {
    const long = Float64Array.from({ length: 300_000 }, (_, i) => Math.sin(i));
    const lists = { elements: fromData(long).elements(), shape: [long.length] };
    expect(toJsonText(['{"a":', lists, '}'])).toBe(`{"a":${JSON.stringify(Array.from(long))}}`);
    const short = { elements: fromData(Float64Array.of(1)).elements(), shape: [1] };
    expect(toJsonText(['<', short, '>'])).toBe('<[1]>');
    numbersFromJson(JSON.stringify(Array.from(long)));
    // What follows in the memory would close the list.
    expect(numbersFromJson('[1,2')).toBeUndefined();
    expect(numbersFromJson('[1,2]')?.data).toEqual(Float64Array.of(1, 2));
  });

  test('an array that was read stays as it is', () => {
    const first = numbersFromJson('[1,2,3]')?.data;
    numbersFromJson('[4,5,6]');
    expect(first).toEqual(Float64Array.of(1, 2, 3));
  });

  test('parts of a text may have any characters', () => {
    const one = { elements: fromData(Float64Array.of(0.5)).elements(), shape: [1, 1] };
    expect(toJsonText(['ä', one, 'é', one])).toBe('ä[[0.5]]é[[0.5]]');
    expect(toJsonText(['日本', one, '😀'])).toBe('日本[[0.5]]😀');
  });
});
