import fc from 'fast-check';
import { type DType, fromData, NdArray, type Payload } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../src/runtime/base64.ts';
import { SeldonError } from '../../../src/runtime/errors.ts';
import { stringify } from '../../../src/runtime/json/write-json.ts';
import type { SeldonMessage } from '../../../src/runtime/model/message.ts';
import {
  type AnswerPayload,
  ARRAY_KINDS,
  type ArrayKind,
} from '../../../src/runtime/protocols/seldon/codecs/codec.ts';
import { codecs } from '../../../src/runtime/protocols/seldon/codecs/index.ts';
import { anyArray, arrayOf, DTYPES, json, message, text } from '../../support/arbitraries.ts';

const NUMERIC = DTYPES.filter((dtype) => !/bool|string|object|bfloat16|complex/.test(dtype));
const INTEGERS = NUMERIC.filter((dtype) => dtype.includes('int'));
const plainObject = json.filter(
  (value) => typeof value === 'object' && !Array.isArray(value) && value !== null,
);

/** Encodes and decodes a payload with the one codec that takes it. */
function roundTrip(payload: AnswerPayload, kind: ArrayKind): Payload {
  return decode(JSON.parse(encode(payload, kind)));
}

/** JSON text of the message with the payload, as the one codec that takes it writes it. */
function encode(payload: AnswerPayload, kind: ArrayKind): string {
  const [encoded, ...others] = codecs.flatMap((codec) => {
    const field = codec.encode(payload, kind);
    if (field === undefined) {
      return [];
    }
    return [{ kind: codec.kind, text: 'text' in field ? field.text : stringify(field.value) }];
  });
  expect(others).toEqual([]);
  const field = `{"${encoded?.kind}":${encoded?.text}}`;
  return ARRAY_KINDS.some((array) => array === encoded?.kind) ? `{"data":${field}}` : field;
}

function decode(json: SeldonMessage): Payload {
  const [payload, ...others] = codecs.flatMap((codec) => {
    const decoded = codec.decode(json);
    return decoded === undefined ? [] : [{ decoded }];
  });
  expect(others).toEqual([]);
  return payload?.decoded as Payload;
}

function decodeArray(json: SeldonMessage): NdArray {
  const array = decode(json);
  expect(array).toBeInstanceOf(NdArray);
  return array as NdArray;
}

describe('what is encoded and decoded comes back', () => {
  test.each([...NUMERIC, 'complex64', 'complex128'] as DType[])(
    '%s as tftensor: shape, dtype and every bit',
    (dtype) => {
      fc.assert(
        fc.property(arrayOf(dtype), (array) => {
          const back = roundTrip(array, 'tftensor') as NdArray;
          expect(back.dtype).toBe(dtype);
          expect(back.shape).toEqual(array.shape);
          expect(listOf(back)).toEqual(isSingle(array) ? listOf(array).map(withoutMinusZero) : listOf(array));
        }),
        { numRuns: 150 },
      );
    },
  );

  test.each(NUMERIC)('%s as tensor: shape and values, as float64', (dtype) => {
    fc.assert(
      fc.property(arrayOf(dtype), (array) => {
        const back = roundTrip(array, 'tensor') as NdArray;
        expect(back.dtype).toBe('float64');
        expect(back.shape).toEqual(array.shape);
        expect(listOf(back)).toEqual(listOf(array).map(asJsonNumber));
      }),
      { numRuns: 150 },
    );
  });

  test.each(NUMERIC)('%s as ndarray: the nested values, as float64 where all are finite', (dtype) => {
    fc.assert(
      fc.property(arrayOf(dtype), (array) => {
        const values = listOf(array).map(asJsonNumber);
        fc.pre(values.every((value) => Number.isFinite(value)));
        const back = roundTrip(array, 'ndarray') as NdArray;
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

  test.each(['bool', 'string'] as const)('%s, whatever the request asked for, as ndarray', (dtype) => {
    fc.assert(
      fc.property(arrayOf(dtype), fc.constantFrom(...ARRAY_KINDS), (array, kind) => {
        fc.pre(!array.shape.includes(0));
        const back = roundTrip(array, kind) as NdArray;
        expect({ dtype: back.dtype, shape: back.shape }).toEqual({ dtype, shape: array.shape });
        expect(listOf(back)).toEqual(listOf(array));
      }),
      { numRuns: 150 },
    );
  });

  test('mixed elements as ndarray: the same nested JSON', () => {
    fc.assert(
      fc.property(arrayOf('object', json), fc.constantFrom(...ARRAY_KINDS), (array, kind) => {
        const back = roundTrip(array, kind) as NdArray;
        expect(asJson(back.toNested())).toEqual(asJson(array.toNested()));
      }),
      { numRuns: 300 },
    );
  });

  test('64-bit integers as tftensor, as lists of texts and as content, to the last digit', () => {
    const values = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -1n, 0n];
    const shapes = { one: [1], many: [values.length] };
    for (const size of [shapes.one, shapes.many]) {
      const array = fromData(BigInt64Array.from(values.slice(0, size[0])), size);
      expect(listOf(roundTrip(array, 'tftensor') as NdArray)).toEqual(values.slice(0, size[0]));
    }
    const listed = { dtype: 'DT_INT64', tensorShape: { dim: [{ size: '5' }] }, int64Val: values.map(String) };
    expect(listOf(decodeArray({ data: { tftensor: listed } }))).toEqual(values);
    const largest = fromData(BigUint64Array.of(2n ** 64n - 1n), [1, 1]);
    expect(listOf(roundTrip(largest, 'tftensor') as NdArray)).toEqual([2n ** 64n - 1n]);
    expect(encode(largest, 'tensor')).toContain('18446744073709551615');
  });

  test('text', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(roundTrip(value, 'tensor')).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes, also those of a view into a larger buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(9), (bytes, start) => {
        const view = bytes.subarray(Math.min(start, bytes.length));
        expect(new Uint8Array(roundTrip(view, 'tensor') as Uint8Array)).toEqual(new Uint8Array(view));
      }),
      { numRuns: 300 },
    );
  });

  test('objects, with keys of every kind', () => {
    fc.assert(
      fc.property(plainObject, (value) => {
        expect(JSON.stringify(roundTrip(value as AnswerPayload, 'ndarray'))).toBe(JSON.stringify(value));
      }),
      { numRuns: 500 },
    );
  });

  test('booleans of a tftensor, from its list and from its content', () => {
    const tensorShape = { dim: [{ size: '3' }] };
    const listed = { dtype: 'DT_BOOL', tensorShape, boolVal: [true, false] };
    const content = { dtype: 'DT_BOOL', tensorShape, tensorContent: toBase64(Uint8Array.of(1, 0, 2)) };
    expect(decodeArray({ data: { tftensor: listed } })).toMatchObject({
      dtype: 'bool',
      data: [true, false, false],
    });
    expect(decodeArray({ data: { tftensor: content } })).toMatchObject({
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

  test('exactly one encodes any payload, however the request carried its array', () => {
    fc.assert(
      fc.property(payload, fc.constantFrom(...ARRAY_KINDS), (value, kind) => {
        expect(codecs.filter((codec) => codec.encode(value, kind) !== undefined)).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  test('exactly one decodes a message with a payload', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(codecs.filter((codec) => codec.decode(value as SeldonMessage) !== undefined)).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });

  test('at most one has anything to do with a message, whatever fields it has', () => {
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
    fc.assert(
      fc.property(fields, (value) => {
        const involved = codecs.filter((codec) => {
          try {
            return codec.decode(value as SeldonMessage) !== undefined;
          } catch (error) {
            expect(error).toBeInstanceOf(SeldonError);
            return true;
          }
        });
        expect(involved.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});

test('bytes inside an array or an object are no JSON, be they a Buffer or not', () => {
  const proto = { dtype: 'DT_STRING', tensorShape: { dim: [{ size: '1' }] }, stringVal: ['YQ=='] };
  const read = decodeArray({ data: { tftensor: proto } });
  expect(read).toMatchObject({ dtype: 'object', shape: [1] });
  expect(Buffer.from(read.toFlat()[0] as Uint8Array).toString()).toBe('a');
  for (const bytes of [Buffer.from('a'), Uint8Array.of(97)]) {
    expect(() => encode({ bytes }, 'tensor')).toThrow('which JSON cannot carry');
    for (const kind of ARRAY_KINDS) {
      expect(() => encode(fromData([bytes]), kind)).toThrow('which JSON cannot carry');
    }
  }
  for (const kind of ARRAY_KINDS) {
    expect(() => encode(read, kind)).toThrow('which JSON cannot carry');
  }
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
  ])('%s with %s: [%j]', (dtype, field, value) => {
    const proto = { dtype, ...dims('1'), [field]: [value] };
    expect(() => decodeArray({ data: { tftensor: proto } })).toThrow(SeldonError);
  });

  test.each([[[1]], [true], ['0x1'], [' 1'], ['1.0'], ['1e0'], [1.5], [-1], ['-1'], [{}], ['']])(
    'an axis of length %j',
    (size) => {
      const proto = { dtype: 'DT_DOUBLE', ...dims(size), doubleVal: [] };
      expect(() => decodeArray({ data: { tftensor: proto } })).toThrow(SeldonError);
    },
  );

  test('but each of its integer types takes its own limits', () => {
    for (const dtype of INTEGERS) {
      const bits = Number(/\d+/.exec(dtype));
      const [low, high] = dtype.startsWith('u')
        ? [0n, 2n ** BigInt(bits) - 1n]
        : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
      const field = bits === 64 ? `${dtype}Val` : dtype === 'uint32' ? 'uint32Val' : 'intVal';
      const list = [low, high].map((value) => (bits === 64 ? String(value) : Number(value)));
      const proto = { dtype: `DT_${dtype.toUpperCase()}`, ...dims('2'), [field]: list };
      expect(
        listOf(decodeArray({ data: { tftensor: proto } })).map(BigInt as (value: unknown) => bigint),
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
