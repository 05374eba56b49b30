import fc from 'fast-check';
import { type DType, fromData, type NdArray } from 'seldon-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Answer, type Client, client, type Input, type SeldonMessage } from '../../src/client/index.ts';
import { isNumberWord } from '../../src/runtime/arrays/number-word.ts';
import { parseDigits } from '../../src/runtime/json/exact-numbers.ts';
import { stringify } from '../../src/runtime/json/write-json.ts';
import { anyArray } from '../support/arbitraries.ts';
import { deploy } from '../support/functions.ts';
import { closeHosts, hostOfFunctions } from '../support/hosts.ts';

// Over HTTP, to a model that answers what it gets.
let identity: Client;
let received: Awaited<ReturnType<typeof hostOfFunctions>>['received'];

beforeAll(async () => {
  const host = await hostOfFunctions(deploy({ MODEL_NAME: 'Identity' }));
  identity = client(host.url);
  received = host.received;
});

const ENVELOPE = { status: 200, headers: new Headers(), tries: 1 };

afterAll(() => {
  closeHosts();
  vi.unstubAllEnvs();
});

/** Each element as the digits that it has in JSON, and the words for those that have none. */
function digitsOf({ data }: NdArray): string[] {
  return Array.from(data as ArrayLike<unknown>, (value) =>
    typeof value === 'number' || typeof value === 'bigint' ? `${value}` : stringify(value),
  );
}

/** True for all but NaN and the infinities. */
const isNoWord = (value: unknown) => typeof value !== 'number' || Number.isFinite(value);

const isText = (dtype: DType) => ['bool', 'string', 'object'].includes(dtype);

test.each(['tensor', 'ndarray', 'tftensor'] as const)(
  'as %s, an array of any dtype goes there and comes back with the same digits',
  async (arrays) => {
    await fc.assert(
      fc.asyncProperty(anyArray, async (sent) => {
        // An element that is a list would be an axis.
        fc.pre(sent.dtype !== 'object' || !sent.toFlat().some(Array.isArray));
        // Refused, see below.
        fc.pre(sent.shape.length > 0 || sent.data[0] !== null);
        const { array, kind } = await identity.predict(sent, { arrays });
        // In lists, a word such as NaN is a number among numbers, and text alone: nothing tells it from a label.
        fc.pre(kind !== 'ndarray' || sent.data.length === 0 || sent.toFlat().some(isNoWord));
        fc.pre(
          sent.dtype !== 'object' || sent.toFlat().every((value) => isNoWord(value) && !isNumberWord(value)),
        );
        expect(digitsOf(array)).toEqual(digitsOf(sent));
        // Nested lists do not tell the axes behind an empty one.
        if (sent.data.length > 0 || kind !== 'ndarray') {
          expect(array.shape).toEqual(sent.shape);
        }
        if (arrays === 'tftensor' && !isText(sent.dtype) && sent.dtype !== 'bfloat16') {
          expect(array.dtype).toBe(sent.dtype);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test.each(['tensor', 'ndarray', 'tftensor'] as const)(
  'as %s, null alone is refused: a message would have no array',
  async (arrays) => {
    const alone = fromData([null], [], 'object');
    await expect(identity.predict(alone, { arrays })).rejects.toThrow(
      /without axes: expected an element, got null/,
    );
  },
);

test.each([
  ['doubles', new Float64Array([1, 0.1, 2 ** 60, 1e20, Number.NaN]), Float64Array],
  ['large doubles alone', new Float64Array([1e20, 2 ** 60]), Float64Array],
  ['singles', new Float32Array([0.1, Number.POSITIVE_INFINITY]), Float64Array],
  ['small integers', new BigInt64Array([1n, -(2n ** 53n)]), Float64Array],
  ['long integers', new BigInt64Array([1n, 9007199254740993n]), BigInt64Array],
  ['the largest integers', new BigUint64Array([0n, 2n ** 64n - 1n]), BigUint64Array],
])('%s come back as a typed array that holds them', async (_what, data, type) => {
  const { array } = await identity.predict({ data, shape: [1, -1] });
  expect(array.data).toBeInstanceOf(type);
  expect(array.shape).toEqual([1, data.length]);
  expect(Array.from(array.data, String)).toEqual(Array.from(data as Float64Array, String));
});

const NESTED: readonly [string, Input, unknown, unknown?][] = [
  [
    'numbers',
    [
      [1, 2.5],
      [3, 4],
    ],
    { tensor: { shape: [2, 2], values: [1, 2.5, 3, 4] } },
  ],
  [
    'rows that are typed',
    [new Float32Array([1, 2]), Uint8Array.of(3, 4)],
    { tensor: { shape: [2, 2], values: [1, 2, 3, 4] } },
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    'long integers',
    [[9007199254740993n, 1]],
    { tensor: { shape: [1, 2], values: [9007199254740993n, 1] } },
    [[9007199254740993n, 1n]],
  ],
  ['no number and a number', [[Number.NaN, 1]], { tensor: { shape: [1, 2], values: ['NaN', 1] } }],
  ['text', [['a', 'b']], { ndarray: [['a', 'b']] }],
  ['booleans', [true, false], { ndarray: [true, false] }],
  ['a mixture', [[1, 'a', null, true]], { ndarray: [[1, 'a', null, true]] }],
  ['rows of unequal length', [[1], [2, 3]], { ndarray: [[1], [2, 3]] }],
  ['nothing', [], { tensor: { shape: [0], values: [] } }],
];

test.each(NESTED)(
  'nested lists of %s are sent in a form that holds them',
  async (_what, input, data, nested = input) => {
    const { array } = await identity.predict(input);
    expect(parseDigits(received.at(-1)?.body as string)).toEqual({ data });
    expect(array.toNested()).toEqual(nested);
  },
);

test.each<[string, SeldonMessage['data'], unknown, DType]>([
  [
    'words among numbers',
    { ndarray: [['NaN', 1, '-Infinity']] },
    [[Number.NaN, 1, Number.NEGATIVE_INFINITY]],
    'float64',
  ],
  ['words alone', { ndarray: ['NaN', 'Infinity'] }, ['NaN', 'Infinity'], 'string'],
  ['words in a tensor', { tensor: { shape: [1], values: ['NaN'] } }, [Number.NaN], 'float64'],
  ['no array', {}, [], 'float64'],
  ['a single number', { ndarray: 5 }, 5, 'float64'],
  ['a tensor without elements', { tensor: { shape: [0, 3] } }, [], 'float64'],
  [
    'a list of a tftensor',
    {
      tftensor: {
        dtype: 'DT_INT64',
        tensorShape: { dim: [{ size: '2' }] },
        int64Val: ['1', '-9007199254740993'],
      },
    },
    [1n, -9007199254740993n],
    'int64',
  ],
  ['half a tftensor', { tftensor: { dtype: 19, tensorShape: {}, halfVal: [0x3c00] } }, 1, 'float16'],
  ['a bfloat16', { tftensor: { dtype: 'DT_BFLOAT16', tensorShape: {}, halfVal: [0x3f80] } }, 1, 'bfloat16'],
  [
    'booleans of a tftensor',
    { tftensor: { dtype: 'DT_BOOL', tensorShape: { dim: [{ size: 2 }] }, tensorContent: 'AQA=' } },
    [true, false],
    'bool',
  ],
  [
    'texts of a tftensor',
    { tftensor: { dtype: 'DT_STRING', tensorShape: { dim: [{ size: 1 }] }, stringVal: ['aGk='] } },
    [Uint8Array.of(104, 105)],
    'object',
  ],
])('the answer %s is an array', async (_what, data, nested, dtype) => {
  const { array } = new Answer({ data: { ...data, names: ['x', 1 as unknown as string] } }, ENVELOPE);
  expect(array.toNested()).toEqual(nested);
  expect(array.dtype).toBe(dtype);
  expect(array.names).toEqual(['x', '1']);
});

test.each<[string, SeldonMessage, string]>([
  ['text', { strData: 'hi' }, 'the answer has no array, but strData'],
  ['nothing', {}, 'the answer has no array, but no payload at all'],
  [
    'half a tensor',
    { data: { tensor: { shape: [2], values: [1] } } },
    'cannot reshape array of size 1 into shape (2)',
  ],
  [
    'a tensor of text',
    { data: { tensor: { shape: [1], values: ['a'] } } },
    'data.tensor: expected {shape, values}',
  ],
  [
    'another type',
    { data: { tftensor: { dtype: 'DT_QINT8' } } },
    'data.tftensor.dtype: expected a type of TensorFlow, got "DT_QINT8"',
  ],
  [
    'too few elements',
    {
      data: {
        tftensor: { dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '1000000000' }] }, floatVal: [1] },
      },
    },
    'cannot reshape array of size 1 into shape (1000000000)',
  ],
  ['33 axes', { data: { ndarray: JSON.parse('['.repeat(33) + ']'.repeat(33)) } }, 'at most 32 axes'],
])('the answer %s is none, and says so', (_what, message, sentence) => {
  const answer = new Answer(message, ENVELOPE);
  expect(() => answer.array).toThrow(TypeError);
  expect(() => answer.array).toThrow(sentence);
});
