import fc from 'fast-check';
import * as library from 'seldon-lambda';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { json } from '../../support/arbitraries.ts';
import {
  deployModel,
  expectAnswer,
  expectJsonLog,
  functions,
  post,
  type Result,
} from '../../support/fuzz.ts';

expectJsonLog();

type Library = typeof library;

describe('whatever a model returns', () => {
  const returns = new Map<string, () => unknown>();
  // The deployed functions have modules of their own, and so classes of their own.
  let deployed: Library;
  let odd: Record<string, unknown>;
  beforeAll(async () => {
    vi.stubGlobal('returns', returns);
    deployModel('Returns');
    deployed = await import('seldon-lambda');
    odd = oddValues(deployed);
  });
  beforeEach(() => {
    returns.clear();
  });

  async function answerOf(returned: () => unknown): Promise<Result> {
    returns.set('it', returned);
    return functions.send({ method: 'POST', path: '/predict', body: '{"strData":"it"}' });
  }

  class Instance {
    readonly field = 1;
  }
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = [cyclic];
  const nestedList = (levels: number) => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) {
      value = level % 2 ? [value] : { value };
    }
    return value;
  };
  const wide: unknown[] = [];
  wide.push(new Array(1000).fill(wide));

  /** Values that JSON has no word for, or has one for though nobody thinks of it. */
  const oddValues = ({
    counter,
    fromData,
    fromNested,
    SeldonResponse,
  }: Library): Record<string, unknown> => ({
    undefined: undefined,
    null: null,
    true: true,
    'a number': 1.5,
    NaN: Number.NaN,
    'a bigint': 5n,
    'a huge bigint': 2n ** 70n,
    'a symbol': Symbol('s'),
    'a function': () => 1,
    'a class': Instance,
    'a Date': new Date(0),
    'an invalid Date': new Date(Number.NaN),
    'a Map': new Map([['a', 1]]),
    'a Set': new Set([1]),
    'a WeakMap': new WeakMap(),
    'a RegExp': /x/,
    'an Error': new Error('returned, not thrown'),
    'an instance': new Instance(),
    'a boxed text': new String('x'),
    'a boxed number': new Number(1),
    'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
    'an object that is its own prototype chain': Object.create({ inherited: 1 }),
    'a cyclic object': cyclic,
    'a cyclic list': wide,
    'something nested 999 deep': nestedList(990),
    'something nested 5000 deep': nestedList(5000),
    'a sparse list': Object.assign(new Array(3), { 1: 1 }),
    'a list with a property': Object.assign([1], { extra: 1 }),
    'a list of holes': new Array(5),
    'nested holes': [[[1], [2]], Object.assign(new Array(2), { 1: [3] })],
    bytes: Uint8Array.of(1, 2),
    'a Buffer': Buffer.from('ab'),
    'an ArrayBuffer': new ArrayBuffer(2),
    'a DataView': new DataView(new ArrayBuffer(2)),
    Float64Array: Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, -0),
    Float32Array: Float32Array.of(0.1),
    Int8Array: Int8Array.of(-1),
    Int16Array: Int16Array.of(-1),
    Int32Array: Int32Array.of(-1),
    Uint8ClampedArray: Uint8ClampedArray.of(255),
    Uint16Array: Uint16Array.of(1),
    Uint32Array: Uint32Array.of(1),
    BigInt64Array: BigInt64Array.of(-(2n ** 63n)),
    BigUint64Array: BigUint64Array.of(2n ** 64n - 1n),
    'an empty Float64Array': new Float64Array(),
    'an array without axes': fromData(Float64Array.of(1), []),
    'an array without elements': fromData(new Float64Array(), [0, 3]),
    'complex numbers': fromData(Float64Array.of(1, 2), [1], 'complex128'),
    bfloat16: fromData(Float32Array.of(1), [1], 'bfloat16'),
    'nested text': fromNested([['a']]),
    'an object whose toJSON gives another': { toJSON: () => ({ a: 1 }) },
    'an object whose toJSON gives nothing': { toJSON: () => undefined },
    'an object whose toJSON fails': {
      toJSON: () => {
        throw new Error('toJSON failed');
      },
    },
    'an object whose toJSON is its own': {
      toJSON() {
        return this;
      },
    },
    'an object whose member fails': {
      get a() {
        throw new Error('a failed');
      },
    },
    'a proxy': new Proxy({ a: 1 }, {}),
    'keys of all kinds': { '': 1, '__proto__ ': 2, '\n': 3, '\ud800': 4, 1: 5 },
    'an own key __proto__': JSON.parse('{"__proto__":{"a":1}}'),
    'lone surrogates': '\ud800 \udc00',
    'a response of nothing': new SeldonResponse(undefined),
    'a response in a response': new SeldonResponse(new SeldonResponse([1])),
    'a response with tags that are no object': new SeldonResponse([1], { tags: [1n] as never }),
    'a response with odd tags': new SeldonResponse([1], {
      tags: { a: Number.NaN, b: 5n, c: undefined, d: [new Date(0)] },
    }),
    'a response with tags that are a Map': new SeldonResponse([1], { tags: new Map() as never }),
    'a response with cyclic tags': new SeldonResponse([1], { tags: cyclic }),
    'a response with metrics that are none': new SeldonResponse([1], { metrics: 5 as never }),
    'a response with a bigint metric': new SeldonResponse([1], { metrics: [counter('a', 5n as never)] }),
    'a response with cyclic metrics': new SeldonResponse([1], { metrics: [cyclic] as never }),
    'a response with a NaN metric': new SeldonResponse([1], { metrics: [counter('a', Number.NaN)] }),
    'a thenable that gives a list': {
      // biome-ignore lint/suspicious/noThenProperty: a model may return one.
      then: (done: (value: unknown) => void) => done([1]),
    },
  });
  const ODD = Object.keys(oddValues(library));

  const wrappers: Record<string, (value: unknown, library: Library) => unknown> = {
    'as it is': (value) => value,
    'in a promise': (value) => Promise.resolve(value),
    'in an object': (value) => ({ value }),
    'in a list': (value) => [value],
    'in a list of lists': (value) => [[1, value]],
    'in a list of objects in an object': (value) => ({ list: [{ value }] }),
    'as a tag': (value, { SeldonResponse }) => new SeldonResponse([1], { tags: { value } }),
    'as a promise in a list': (value) => [Promise.resolve(value)],
  };

  test.each(ODD)('%s is answered as valid JSON, or with an error of our own', async (what) => {
    const value = odd[what];
    for (const [how, wrap] of Object.entries(wrappers)) {
      expectAnswer(await answerOf(() => wrap(value, deployed)), /^(200|400|500)$/, how);
    }
  });

  test.each(ODD)('%s is so too from every other method', async (what) => {
    returns.set('it', () => odd[what]);
    const bodies = { '/route': '{"strData":"x"}', '/aggregate': '[]', '/send-feedback': '{}' };
    for (const [path, body] of Object.entries(bodies)) {
      expectAnswer(await post(path, body), /^(200|400|500)$/, path);
    }
    expectAnswer(await functions.send({ method: 'GET', path: '/health/status' }), /^(200|400|500|503)$/);
  });

  test.each(ODD)('%s is so too where it describes the model', async (what) => {
    for (const member of ['classNames', 'tags', 'metrics', 'initMetadata']) {
      returns.clear();
      returns.set(member, () => odd[what]);
      expectAnswer(await answerOf(() => [[1, 2]]), /^(200|400|500)$/, member);
      for (const path of ['/metadata', '/seldon.json']) {
        expectAnswer(await functions.send({ method: 'GET', path }), /^(200|500)$/, `${member} at ${path}`);
      }
    }
  });

  test('any JSON value is answered as itself, but that numbers, booleans and null are no payload', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const { status, body } = await answerOf(() => value);
        if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
          expect(status).toBe(400);
          return;
        }
        expect(status).toBe(200);
        const { strData, jsonData, data } = JSON.parse(body as string);
        if (typeof value === 'string') {
          expect(strData).toBe(value);
        } else if (!Array.isArray(value)) {
          expect(JSON.stringify(jsonData)).toBe(JSON.stringify(value));
        } else if (data.ndarray === undefined) {
          expect(data.tensor.values).toEqual(value.flat(99).map((inner) => Number(inner) + 0));
        } else {
          expect(JSON.stringify(data.ndarray)).toBe(JSON.stringify(value));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('numbers that JSON has no word for are texts, wherever they stand', async () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    await fc.assert(
      fc.asyncProperty(odd, fc.constantFrom('x', '__proto__', 'toJSON', ''), async (value, key) => {
        const { status, body } = await answerOf(
          () =>
            new deployed.SeldonResponse({ deep: [Object.fromEntries([[key, value]])] }, { tags: { value } }),
        );
        expect(status).toBe(200);
        const { jsonData, meta } = JSON.parse(body as string);
        expect(Object.values(jsonData.deep[0])).toEqual([String(value)]);
        expect(meta.tags.value).toBe(String(value));
      }),
      { numRuns: 50 },
    );
  });

  test('what a model returns is not changed', async () => {
    const value = { a: [Number.NaN, { b: Number.POSITIVE_INFINITY }], c: 5n };
    const before = structuredClone(value);
    const tags = { t: Number.NaN };
    await answerOf(() => new deployed.SeldonResponse(value, { tags }));
    expect({ value, tags }).toEqual({ value: before, tags: { t: Number.NaN } });
  });

  const failing = () => {
    throw new Error('cannot be shown');
  };
  const thrownValues = ({ SeldonError }: Library): Record<string, unknown> => ({
    'an object whose members all fail': { toString: failing, toJSON: failing },
    'an Error whose message fails': Object.defineProperty(new Error('x'), 'message', { get: failing }),
    'an object without a prototype': Object.create(null),
    'an Error whose message is an object': Object.assign(new Error('x'), { message: cyclic }),
    'an Error whose message is a bigint': Object.assign(new Error('x'), { message: 5n }),
    'an Error without a message': Object.assign(new Error('x'), { message: undefined }),
    'an Error without a stack': Object.assign(new Error('x'), { stack: null }),
    'an Error whose stack is a list': Object.assign(new Error('x'), { stack: [1] }),
    'an Error whose name is a bigint': Object.assign(new Error('x'), { name: 5n }),
    'an Error with a cyclic cause': Object.assign(new Error('x'), { cause: cyclic }),
    'an Error that is its own cause': withOwnCause(),
    'an Error whose cause has no prototype': Object.assign(new Error('x'), { cause: Object.create(null) }),
    'several Errors': new AggregateError([new Error('a')], 'several'),
    'a DOMException': new DOMException('aborted', 'AbortError'),
    'our error without info': new SeldonError('MINE', undefined),
    'our error with NaN as info': new SeldonError('MINE', { deep: [Number.NaN] }),
    'our error without a reason': new SeldonError('', 'x'),
    'our error with a body that is no JSON': new SeldonError('MINE', 'x', { body: cyclic }),
    ...Object.fromEntries(
      [99, 1000, -1, 0, 404.5, Number.NaN, '404', null].map((status) => [
        `our error with the status ${JSON.stringify(status)}`,
        new SeldonError('MINE', 'x', { status: status as number }),
      ]),
    ),
  });

  test.each([...ODD, ...Object.keys(thrownValues(library))])(
    '%s, thrown, is answered as an error',
    async (what) => {
      const thrown = { ...odd, ...thrownValues(deployed) }[what];
      const { status, body } = await answerOf(() => {
        throw thrown;
      });
      expect(Number.isInteger(status) && status >= 400 && status <= 599, `status ${status}`).toBe(true);
      const answer = JSON.parse(body as string);
      expect(answer.status).toMatchObject({ status: 1, code: -1, reason: expect.any(String) });
      expect(body).not.toMatch(/\\n\s+at |Cannot convert|Cannot read|serialize a BigInt|circular structure/);
    },
  );
});

function withOwnCause(): Error {
  const error = new Error('x');
  error.cause = error;
  return error;
}
