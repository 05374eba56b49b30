import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readNumberTexts, toNumberTexts } from '../support/conformance/number-texts.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { answerTo, post } from '../support/number-answers.ts';

// NdArrays, typed arrays and bigints in what a model answers.

const LONG = 12345678901234567890n;
const MODELS = fileURLToPath(new URL('../models/lifecycle', import.meta.url));

/** The answers of the model's methods, by name. */
const returns = new Map<string, unknown>();
beforeEach(() => vi.stubGlobal('returns', returns));

afterEach(() => {
  returns.clear();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe('a model may answer', () => {
  let functions: Deployment;
  let library: typeof import('seldon-lambda');
  beforeEach(async () => {
    functions = deploy({ MODEL_DIR: MODELS, MODEL_NAME: 'Returns' });
    // The functions have modules of their own, and so classes of their own.
    library = await import('seldon-lambda');
  });

  async function answerOf(returned: unknown, message: object = { strData: 'it' }) {
    returns.set('it', () => returned);
    const get = (key: unknown) => returns.get(typeof key === 'object' ? 'it' : (key as string));
    vi.stubGlobal('returns', { get });
    return answerTo(functions, '/predict', message);
  }

  test.each([
    [
      'rows that are typed arrays',
      () => [Float32Array.of(0.5, 1), Float32Array.of(2, 3)],
      [
        [0.5, 1],
        [2, 3],
      ],
    ],
    [
      'rows of two kinds',
      () => [Int8Array.of(1, 2), [3.5, 4]],
      [
        [1, 2],
        [3.5, 4],
      ],
    ],
    [
      'rows of bytes',
      () => [Uint8Array.of(1, 255), Uint8Array.of(0, 7)],
      [
        [1, 255],
        [0, 7],
      ],
    ],
    ['deeper rows', () => [[Float64Array.of(1)], [Float64Array.of(2)]], [[[1]], [[2]]]],
    ['rows of bigints', () => [BigInt64Array.of(LONG / 10n), BigInt64Array.of(1n)], [[LONG / 10n], [1]]],
    [
      'NdArrays',
      () => [library.fromNested([1, 2]), library.fromNested([3, 4])],
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['NdArrays without axes', () => [library.fromNested(1), 2, library.fromNested(3)], [1, 2, 3]],
    ['bigints', () => [[LONG, 1n]], [[LONG, 1]]],
  ])('a matrix of %s', async (_what, returned, expected) => {
    const request = { data: { ndarray: [[1]] } };
    expect((await answerOf(returned(), request)).data.ndarray).toEqual(toNumberTexts(expected));
    const { tensor } = (await answerOf(returned(), { data: { tensor: { shape: [0], values: [] } } })).data;
    expect(tensor).toMatchObject({ values: toNumberTexts(expected.flat(2)) });
  });

  test('rows of unequal length, as lists', async () => {
    const { data } = await answerOf([Float32Array.of(1), Float32Array.of(2, 3)]);
    expect(data.ndarray).toEqual(toNumberTexts([[1], [2, 3]]));
  });

  test('floats of 32 bits as DT_FLOAT', async () => {
    const tftensor = { dtype: 'DT_DOUBLE', tensorShape: { dim: [{ size: '1' }] }, doubleVal: [1] };
    const { data } = await answerOf([Float32Array.of(1, 2), Float32Array.of(3, 4)], { data: { tftensor } });
    expect(data.tftensor).toMatchObject({ dtype: 'DT_FLOAT' });
  });

  test('a list of Buffers, which are bytes, as DT_STRING', async () => {
    const tftensor = { dtype: 'DT_STRING', tensorShape: { dim: [{ size: '1' }] }, stringVal: ['YQ=='] };
    const { data } = await answerOf([Buffer.from('a'), Buffer.from('b')], { data: { tftensor } });
    expect(data.tftensor).toMatchObject({ dtype: 'DT_STRING', stringVal: ['YQ==', 'Yg=='] });
  });

  const values = () => ({
    bytes: Uint8Array.of(1, 255),
    floats: Float32Array.of(0.5, Number.NaN),
    bigints: BigUint64Array.of(LONG),
    array: library.fromNested([[1, 2]]),
    scalar: library.fromNested(5),
    list: [Int16Array.of(1), { deep: Float64Array.of(2) }],
    long: LONG,
  });
  const lists = toNumberTexts({
    bytes: [1, 255],
    floats: [0.5, 'NaN'],
    bigints: [LONG],
    array: [[1, 2]],
    scalar: 5,
    list: [[1], { deep: [2] }],
    long: LONG,
  });

  test('arrays and bigints in jsonData, tags and metrics', async () => {
    const metrics = [library.counter('rows', LONG as never)];
    returns.set('tags', values);
    const answer = await answerOf(new library.SeldonResponse(values(), { tags: { own: LONG }, metrics }));
    expect(answer).toEqual({
      jsonData: lists,
      meta: {
        tags: { ...(lists as object), own: toNumberTexts(LONG) },
        metrics: [{ type: 'COUNTER', key: 'rows', value: toNumberTexts(LONG) }],
      },
    });
    const metric = await functions.send({ method: 'GET', path: '/metrics' });
    expect(metric.body).toContain(`${Number(LONG)}`);
  });

  test('arrays and bigints in a raw answer', async () => {
    functions = deploy({ MODEL_DIR: MODELS, MODEL_NAME: 'ReturnsRaw' });
    library = await import('seldon-lambda');
    returns.set('value', { jsonData: values() });
    expect(await answerTo(functions, '/predict', {})).toEqual({ jsonData: lists });
  });

  test('arrays and bigints in the body and the info of an error', async () => {
    returns.set('it', () => {
      throw new library.SeldonError('MINE', values(), { status: 422 });
    });
    const info = await post(functions, '/predict', '{"strData":"it"}');
    expect([info.status, readNumberTexts(info.text)]).toMatchObject([422, { status: { info: lists } }]);
    returns.set('it', () => {
      throw new library.SeldonError('MINE', 'no', { body: values() });
    });
    expect(readNumberTexts((await post(functions, '/predict', '{"strData":"it"}')).text)).toEqual(lists);
  });

  test('bigints as the result of a direct invocation, which Lambda writes with JSON.stringify', async () => {
    returns.set('it', () => ({ long: LONG, text: `${LONG}` }));
    const written = JSON.stringify(await functions.invoke('predict', { strData: 'it' }));
    // Node 20 cannot write such a number.
    const long = 'rawJSON' in JSON ? `${LONG}` : `"${LONG}"`;
    expect(written).toBe(`{"jsonData":{"long":${long},"text":"${LONG}"},"meta":{}}`);
  });
});
