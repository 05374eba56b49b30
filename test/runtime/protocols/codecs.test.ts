import fc from 'fast-check';
import { type DType, fromData, NdArray, type Payload } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../src/runtime/base64.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { stringify } from '../../../src/runtime/json/write-json.ts';
import type { SeldonMessage } from '../../../src/runtime/model/message.ts';
import type { AnswerPayload } from '../../../src/runtime/protocols/protocol.ts';
import { ARRAY_KINDS, type ArrayKind } from '../../../src/runtime/protocols/seldon/codecs/codec.ts';
import { codecs } from '../../../src/runtime/protocols/seldon/codecs/index.ts';
import { anyArray, arrayOf, DTYPES, json, message, text } from '../../support/arbitraries.ts';

const NUMERIC = DTYPES.filter((dtype) => !/bool|string|object|bfloat16|complex/.test(dtype));
const INTEGERS = NUMERIC.filter((dtype) => dtype.includes('int'));
const plainObject = json.filter(
  (value) => typeof value === 'object' && !Array.isArray(value) && value !== null,
);

/** Encodes a payload, sends it as text, and decodes it. */
async function roundTrip(payload: AnswerPayload, kind: ArrayKind): Promise<Payload> {
  return decode(JSON.parse(await encode(payload, kind)));
}

/** JSON text of the message with the payload. */
async function encode(payload: AnswerPayload, requested: ArrayKind): Promise<string> {
  const { kind, encoded } = await codecs.encode(payload, requested);
  const [before, after] = [`{"${kind}":`, '}'];
  const field =
    'write' in encoded
      ? encoded.write(before, after)
      : before + ('text' in encoded ? encoded.text : stringify(encoded.value)) + after;
  return ARRAY_KINDS.some((array) => array === kind) ? `{"data":${field}}` : field;
}

async function decode(json: SeldonMessage): Promise<Payload> {
  return (await codecs.decode(json, { bytes: 0 })) as Payload;
}

async function decodeArray(json: SeldonMessage): Promise<NdArray> {
  const array = await decode(json);
  expect(array).toBeInstanceOf(NdArray);
  return array as NdArray;
}

describe('what is encoded and decoded comes back', () => {
  test.each([...NUMERIC, 'complex64', 'complex128'] as DType[])(
    '%s as tftensor: shape, dtype and every bit',
    async (dtype) => {
      await fc.assert(
        fc.asyncProperty(arrayOf(dtype), async (array) => {
          const back = (await roundTrip(array, 'tftensor')) as NdArray;
          expect(back.dtype).toBe(dtype);
          expect(back.shape).toEqual(array.shape);
          expect(listOf(back)).toEqual(isSingle(array) ? listOf(array).map(withoutMinusZero) : listOf(array));
        }),
        { numRuns: 150 },
      );
    },
  );

  test.each(NUMERIC)('%s as tensor: shape and values, as float64', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(arrayOf(dtype), async (array) => {
        const back = (await roundTrip(array, 'tensor')) as NdArray;
        expect(back.dtype).toBe('float64');
        expect(back.shape).toEqual(array.shape);
        expect(listOf(back)).toEqual(listOf(array).map(asJsonNumber));
      }),
      { numRuns: 150 },
    );
  });

  test.each(NUMERIC)('%s as ndarray: the nested values, as float64 where all are finite', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(arrayOf(dtype), async (array) => {
        const values = listOf(array).map(asJsonNumber);
        fc.pre(values.every((value) => Number.isFinite(value)));
        const back = (await roundTrip(array, 'ndarray')) as NdArray;
        expect(back.dtype).toBe('float64');
        expect(listOf(back)).toEqual(values);
        // Lists cannot tell what lies below an axis of length 0.
        const seen =
          array.shape.indexOf(0) < 0 ? array.shape : array.shape.slice(0, array.shape.indexOf(0) + 1);
        expect(back.shape).toEqual(seen);
      }),
      { numRuns: 150 },
    );
  });

  test.each(['bool', 'string'] as const)('%s, whatever the request asked for, as ndarray', async (dtype) => {
    await fc.assert(
      fc.asyncProperty(arrayOf(dtype), fc.constantFrom(...ARRAY_KINDS), async (array, kind) => {
        fc.pre(!array.shape.includes(0));
        const back = (await roundTrip(array, kind)) as NdArray;
        expect({ dtype: back.dtype, shape: back.shape }).toEqual({ dtype, shape: array.shape });
        expect(listOf(back)).toEqual(listOf(array));
      }),
      { numRuns: 150 },
    );
  });

  test('mixed elements as ndarray: the same nested JSON', async () => {
    await fc.assert(
      fc.asyncProperty(arrayOf('object', json), fc.constantFrom(...ARRAY_KINDS), async (array, kind) => {
        const back = (await roundTrip(array, kind)) as NdArray;
        expect(asJson(back.toNested())).toEqual(asJson(array.toNested()));
      }),
      { numRuns: 300 },
    );
  });

  test('64-bit integers as tftensor, as lists of texts and as content, to the last digit', async () => {
    const values = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -1n, 0n];
    const shapes = { one: [1], many: [values.length] };
    for (const size of [shapes.one, shapes.many]) {
      const array = fromData(BigInt64Array.from(values.slice(0, size[0])), size);
      expect(listOf((await roundTrip(array, 'tftensor')) as NdArray)).toEqual(values.slice(0, size[0]));
    }
    const listed = { dtype: 'DT_INT64', tensorShape: { dim: [{ size: '5' }] }, int64Val: values.map(String) };
    expect(listOf(await decodeArray({ data: { tftensor: listed } }))).toEqual(values);
    const largest = fromData(BigUint64Array.of(2n ** 64n - 1n), [1, 1]);
    expect(listOf((await roundTrip(largest, 'tftensor')) as NdArray)).toEqual([2n ** 64n - 1n]);
    expect(await encode(largest, 'tensor')).toContain('18446744073709551615');
  });

  test('text', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        expect(await roundTrip(value, 'tensor')).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes, also those of a view into a larger buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.nat(9), async (bytes, start) => {
        const view = bytes.subarray(Math.min(start, bytes.length));
        expect(new Uint8Array((await roundTrip(view, 'tensor')) as Uint8Array)).toEqual(new Uint8Array(view));
      }),
      { numRuns: 300 },
    );
  });

  test('objects, with keys of every kind', async () => {
    await fc.assert(
      fc.asyncProperty(plainObject, async (value) => {
        expect(JSON.stringify(await roundTrip(value as AnswerPayload, 'ndarray'))).toBe(
          JSON.stringify(value),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('booleans of a tftensor, from its list and from its content', async () => {
    const tensorShape = { dim: [{ size: '3' }] };
    const listed = { dtype: 'DT_BOOL', tensorShape, boolVal: [true, false] };
    const content = { dtype: 'DT_BOOL', tensorShape, tensorContent: toBase64(Uint8Array.of(1, 0, 2)) };
    expect(await decodeArray({ data: { tftensor: listed } })).toMatchObject({
      dtype: 'bool',
      data: [true, false, false],
    });
    expect(await decodeArray({ data: { tftensor: content } })).toMatchObject({
      dtype: 'bool',
      data: [true, false, true],
    });
  });
});

describe('of all codecs', () => {
  const payload = fc.oneof(
    { weight: 3, arbitrary: anyArray },
    text,
    fc.uint8Array({ maxLength: 9 }),
    plainObject as fc.Arbitrary<AnswerPayload>,
  );

  test('the first one that a message has counts, in the order of the reference', async () => {
    const field = fc.oneof(fc.constant(null), fc.constant(undefined), json);
    const fields = fc.record(
      {
        data: fc.oneof(
          fc.constant(null),
          fc.record({ tensor: field, ndarray: field, tftensor: field }, { requiredKeys: [] }),
        ),
        jsonData: field,
        strData: field,
        binData: fc.oneof(text, fc.constant(null)),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fields, async (value) => {
        const kind = kindOf(value as SeldonMessage);
        const alone = kind && aloneWith(kind, value as SeldonMessage);
        expect(await outcomeOf(value as SeldonMessage)).toEqual(alone && (await outcomeOf(alone)));
      }),
      { numRuns: 2000 },
    );
  });

  test('a message with a payload is decoded', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (value) => {
        expect(await decode(value as SeldonMessage)).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('an answer goes out as the one kind that its type and the request ask for', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.constantFrom(...ARRAY_KINDS), async (value, requested) => {
        const { kind } = await codecs.encode(value, requested);
        if (!(value instanceof NdArray)) {
          const plain = value instanceof Uint8Array ? 'binData' : 'jsonData';
          expect(kind).toBe(typeof value === 'string' ? 'strData' : plain);
        } else if (kind !== requested) {
          // Lists carry anything; protobuf's doubles no texts, booleans and complex numbers.
          expect(kind).toBe('ndarray');
          expect(value.dtype).toMatch(/bool|string|object|bfloat16|complex/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** The kind that counts in a message, said once more. */
function kindOf({ data, jsonData, strData, binData }: SeldonMessage): string | undefined {
  if (data != null) {
    if (data.tensor != null) {
      return 'tensor';
    }
    return data.ndarray === undefined && data.tftensor != null ? 'tftensor' : 'ndarray';
  }
  if (jsonData !== undefined) {
    return 'jsonData';
  }
  return strData != null ? 'strData' : binData != null ? 'binData' : undefined;
}

/** The message without any other payload. */
function aloneWith(kind: string, value: SeldonMessage): SeldonMessage {
  const pick = (from: object) => Object.fromEntries(Object.entries(from).filter(([name]) => name === kind));
  return value.data == null ? pick(value) : { data: pick(value.data) };
}

/** The decoded payload, or the error; undefined when there is none. */
async function outcomeOf(value: SeldonMessage): Promise<unknown> {
  try {
    return await codecs.decode(value, { bytes: 0 });
  } catch (error) {
    expect(error).toBeInstanceOf(SeldonError);
    return (error as SeldonError).message;
  }
}

test('bytes inside an array or an object are no JSON; another typed array of 8 bits is a list', async () => {
  const proto = { dtype: 'DT_STRING', tensorShape: { dim: [{ size: '1' }] }, stringVal: ['YQ=='] };
  const read = await decodeArray({ data: { tftensor: proto } });
  expect(read).toMatchObject({ dtype: 'object', shape: [1] });
  expect(Buffer.from(read.toFlat()[0] as Uint8Array).toString()).toBe('a');
  const bytes = Buffer.from('a');
  await expect(encode({ bytes }, 'tensor')).rejects.toThrow('which JSON cannot carry');
  expect(await encode({ bytes: Uint8Array.of(97) }, 'tensor')).toBe('{"jsonData":{"bytes":[97]}}');
  for (const kind of ['tensor', 'ndarray'] as const) {
    await expect(encode(fromData([bytes]), kind)).rejects.toThrow('which JSON cannot carry');
  }
  // TensorFlow's own form has a type for bytes.
  expect(JSON.parse(await encode(read, 'tftensor'))).toEqual({ data: { tftensor: proto } });
});

test('a value that contains itself is refused in a sentence, however far down its limit is', async () => {
  const cycle: Record<string, unknown> = {};
  cycle.itself = cycle;
  await expect(encode(cycle, 'tensor')).rejects.toThrow(
    /^jsonData(\.itself){12}.{0,7}\.\.\. is nested deeper .* or contains itself, which JSON cannot carry$/,
  );
});

describe('a tftensor whose numbers are not of its type, as protobuf and TensorFlow read them, is refused', () => {
  const dims = (...sizes: unknown[]) => ({ tensorShape: { dim: sizes.map((size) => ({ size })) } });

  test.each<[dtype: string, field: string, value: unknown]>([
    ['DT_INT32', 'intVal', 1.5],
    ['DT_INT32', 'intVal', 2 ** 31],
    ['DT_INT32', 'intVal', 'NaN'],
    ['DT_INT32', 'intVal', '0x10'],
    ['DT_INT32', 'intVal', ' 1'],
    ['DT_UINT8', 'intVal', 256],
    ['DT_UINT8', 'intVal', -1],
    ['DT_INT8', 'intVal', 128],
    ['DT_INT16', 'intVal', 40_000],
    ['DT_UINT16', 'intVal', 65_536],
    ['DT_UINT32', 'uint32Val', -1],
    ['DT_UINT32', 'uint32Val', 2 ** 32],
    ['DT_INT64', 'int64Val', '9223372036854775808'],
    ['DT_INT64', 'int64Val', 1e30],
    ['DT_UINT64', 'uint64Val', '-1'],
    ['DT_UINT64', 'uint64Val', '18446744073709551616'],
    ['DT_HALF', 'halfVal', 1.5],
    ['DT_HALF', 'halfVal', 65_536],
    ['DT_BFLOAT16', 'halfVal', -1],
    ['DT_DOUBLE', 'doubleVal', '0x10'],
    ['DT_DOUBLE', 'doubleVal', ''],
    ['DT_DOUBLE', 'doubleVal', null],
    ['DT_BOOL', 'boolVal', 1],
    ['DT_STRING', 'stringVal', 'no base64!'],
  ])('%s with %s: [%j]', async (dtype, field, value) => {
    const proto = { dtype, ...dims('1'), [field]: [value] };
    await expect(decodeArray({ data: { tftensor: proto } })).rejects.toThrow(SeldonError);
  });

  test.each([[[1]], [true], ['0x1'], [' 1'], ['1.0'], ['1e0'], [1.5], [-1], ['-1'], [{}], ['']])(
    'an axis of length %j',
    async (size) => {
      const proto = { dtype: 'DT_DOUBLE', ...dims(size), doubleVal: [] };
      await expect(decodeArray({ data: { tftensor: proto } })).rejects.toThrow(SeldonError);
    },
  );

  test('but each of its integer types takes its own limits', async () => {
    for (const dtype of INTEGERS) {
      const bits = Number(/\d+/.exec(dtype));
      const [low, high] = dtype.startsWith('u')
        ? [0n, 2n ** BigInt(bits) - 1n]
        : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
      const field = bits === 64 ? `${dtype}Val` : dtype === 'uint32' ? 'uint32Val' : 'intVal';
      const list = [low, high].map((value) => (bits === 64 ? String(value) : Number(value)));
      const proto = { dtype: `DT_${dtype.toUpperCase()}`, ...dims('2'), [field]: list };
      expect(
        listOf(await decodeArray({ data: { tftensor: proto } })).map(BigInt as (value: unknown) => bigint),
      ).toEqual([low, high]);
    }
  });
});

function listOf(array: NdArray): unknown[] {
  return Array.from(array.data as ArrayLike<unknown>);
}

/** One element goes as a list of JSON numbers, several go as bytes. */
function isSingle({ shape }: NdArray): boolean {
  return shape.every((length) => length === 1);
}

/** A number in a JSON text has no sign where it is 0. */
function withoutMinusZero(value: unknown): unknown {
  return value === 0 ? 0 : value;
}

function asJsonNumber(value: unknown): number {
  return Number(value) + 0;
}

function asJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner) =>
      typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
    ) ?? 'null',
  );
}
