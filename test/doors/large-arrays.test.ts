import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../support/functions.ts';

// In a large text the lists of numbers are not read by JSON.parse, but in an instance's first one: a caller
// must not be able to tell.

afterEach(() => vi.unstubAllEnvs());

const call = async (functions: Deployment, path: string, body: string) => {
  const answer = await functions.send({ method: 'POST', path, body });
  return { status: answer.status, body: answer.body as string };
};

/** Twice, with the same answer. */
const post = async (functions: Deployment, path: string, body: string) => {
  const first = await call(functions, path, body);
  const second = await call(functions, path, body);
  expect(second).toEqual(first);
  return second;
};

/** `count` numbers of few digits. */
const numbers = (count: number) =>
  Array.from({ length: count }, (_, i) => (((i * 7919) % 100_000) - 20_000) / 1000);
const rows = (count: number, columns: number) =>
  Array.from({ length: count }, (_, row) =>
    numbers(count * columns).slice(row * columns, (row + 1) * columns),
  );
const many = numbers(1000);

describe('a large array', () => {
  test.each([
    ['tensor', { tensor: { shape: [250, 4], values: many } }],
    ['tensor, its shape last', { tensor: { values: many, shape: [10, 5, 20] } }],
    ['ndarray', { ndarray: rows(250, 4) }],
    ['ndarray of one axis', { ndarray: many }],
    ['ndarray of three axes', { ndarray: [rows(50, 6), rows(50, 6), rows(50, 6)] }],
    ['ndarray with names', { names: ['ä', '長さ', '"ndarray"', '"values":[1]'], ndarray: rows(250, 4) }],
    ['ndarray of numbers with many digits', { ndarray: many.map(Math.sin) }],
    ['ndarray of some such', { ndarray: many.map((value, i) => (i % 10 === 9 ? Math.sin(value) : value)) }],
    ['ndarray of whole numbers, large and small', { ndarray: many.map((_, i) => (i % 2 ? i : 1e15 + i)) }],
  ])('comes back letter for letter: %s', async (_what, data) => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const { status, body } = await post(functions, '/predict', JSON.stringify({ data }));
    expect(status).toBe(200);
    // As the direct invocation has it, where the message is no text.
    expect(JSON.parse(body)).toEqual(await functions.invoke('predict', { data }));
    const { names } = JSON.parse(body).data;
    const { tensor, ndarray } = data as { tensor?: { shape: number[]; values: number[] }; ndarray?: unknown };
    const array = tensor ? { tensor: { shape: tensor.shape, values: tensor.values } } : { ndarray };
    expect(body).toBe(JSON.stringify({ data: { names, ...array }, meta: {} }));
  });

  test.each([
    ['of text', ['a', ...many]],
    ['of null', [null, ...many]],
    ['of booleans among numbers', [...many, true]],
    ['of lists of unequal length', [many, many.slice(1)]],
    ['of lists of unequal depth', [[many], many]],
    ['of empty lists', [...many, []]],
  ])('is left to JSON.parse: %s', async (_what, ndarray) => {
    const functions = deploy({ MODEL_NAME: 'Inspect' });
    const { body } = await post(functions, '/predict', JSON.stringify({ data: { ndarray } }));
    expect(JSON.parse(body)).toEqual(await functions.invoke('predict', { data: { ndarray } }));
  });

  test.each([
    ['NaN and infinities', `[${many.join()},NaN,Infinity,-Infinity]`],
    ['white space everywhere', `[ ${many.join(' ,\n\t')}\r\n]`],
    ['zeros of every kind', `[-0,0.0,-0.0,0e9,${many.join()}]`],
    ['a number beyond all', `[1e999,-1e999,${many.join()}]`],
  ])('is read as the reference reads JSON: %s', async (_what, list) => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const { status, body } = await post(functions, '/predict', `{"data": {"ndarray" : ${list}}}`);
    const strict = list
      .replace('NaN', '"NaN"')
      .replace(/(?<!-)(Infinity|1e999)/, '"Infinity"')
      .replace(/-(Infinity|1e999)/, '"-Infinity"');
    expect(status).toBe(200);
    expect(JSON.parse(body).data.ndarray.map(String)).toEqual(JSON.parse(strict).map(String));
  });

  test.each([
    ['a zero before a digit', '01'],
    ['a comma too many', '1,'],
    ['a word', 'one'],
  ])('with a mistake is refused: %s', async (_what, mistake) => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const { status, body } = await post(
      functions,
      '/predict',
      `{"data":{"ndarray":[${many.join()},${mistake}]}}`,
    );
    expect(status).toBe(400);
    expect(JSON.parse(body).status).toMatchObject({
      info: expect.stringMatching(/^Can't find JSON in data: line 1, column \d+: expected /),
    });
  });

  test.each([
    ['values in values', { shape: [1], values: [many] }, 'data.tensor.values[0]: expected a number'],
    ['another size', { shape: [999], values: many }, 'cannot reshape array of size 1000 into shape (999)'],
    ['no shape', { values: many }, 'data.tensor.shape: expected a list of axis lengths'],
  ])('as tensor with %s is refused', async (_what, tensor, info) => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const { status, body } = await post(functions, '/predict', JSON.stringify({ data: { tensor } }));
    expect(status).toBe(400);
    expect(JSON.parse(body).status.info).toContain(info);
  });

  test('reaches a raw method as lists', async () => {
    const functions = deploy({ MODEL_NAME: 'RawEcho' });
    const list = [
      { data: { ndarray: rows(250, 4) }, meta: { tags: { a: 1 } } },
      { data: { tensor: { shape: [1000], values: many } } },
    ];
    for (const message of list) {
      const { body } = await post(functions, '/predict', JSON.stringify(message));
      expect(JSON.parse(body)).toEqual(message);
    }
    const { body } = await post(functions, '/aggregate', JSON.stringify(list));
    expect(JSON.parse(body)).toEqual(list);
  });

  test('of each message of a list reaches the combiner', async () => {
    const functions = deploy({ MODEL_NAME: 'AggMean' });
    const list = [{ data: { ndarray: [many] } }, { data: { ndarray: [many.map((value) => value + 2)] } }];
    for (const message of [list, { seldonMessages: list }]) {
      const { body } = await post(functions, '/aggregate', JSON.stringify(message));
      expect(JSON.parse(body).data).toEqual(
        ((await functions.invoke('aggregate', message)) as { data: unknown }).data,
      );
    }
  });
});

describe('lists that a model takes out and changes are what it answers', () => {
  test.each(['push', 'pop', 'set', 'moved', 'flat'])('%s', async (how) => {
    const functions = deploy({
      MODEL_DIR: fileURLToPath(new URL('../models/lifecycle', import.meta.url)),
      MODEL_NAME: 'ChangesLists',
      PREDICTIVE_UNIT_PARAMETERS: JSON.stringify([{ name: 'how', value: how, type: 'STRING' }]),
    });
    for (const count of [20, 500]) {
      const table = rows(count, 4);
      // The first one is written by JSON.stringify.
      for (const data of [
        { ndarray: table },
        { ndarray: [table, table] },
        { tensor: { shape: [count, 4], values: table.flat() } },
      ]) {
        expect((await post(functions, '/predict', JSON.stringify({ data }))).status).toBe(200);
      }
    }
  });
});

describe('a list of numbers is no array', () => {
  test.each([
    ['in jsonData', '/predict', { jsonData: { tensor: 1, values: many, ndarray: many } }],
    [
      'in tags',
      '/predict',
      { data: { ndarray: [1] }, meta: { tags: { tensor: 1, values: many, ndarray: many } } },
    ],
    ['in text', '/predict', { strData: `{"tensor":{"values":${JSON.stringify(many)}}}` }],
    ['beside data', '/predict', { ndarray: many, data: { ndarray: [1], values: many, tensor: null } }],
    ['in a list that is no message', '/predict', [{ data: { ndarray: many } }]],
    ['in a message of a feedback', '/send-feedback', { request: { data: { ndarray: [many] } }, reward: 1 }],
  ])('%s', async (_what, path, message) => {
    const functions = deploy({ MODEL_NAME: 'Inspect' });
    const { status, body } = await post(functions, path, JSON.stringify(message));
    const direct = await functions.invoke(path.slice(1), message).catch((error: Error) => error);
    if (direct instanceof Error) {
      expect(status).toBe(400);
      expect(JSON.parse(body).status.info).toBe(direct.message);
    } else {
      expect(JSON.parse(body)).toEqual(direct);
    }
  });

  test('where its name comes twice, but for the last', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity' });
    const body = `{"data":{"ndarray":[${many}]},"data":{"ndarray":[1,2],"ndarray":[3,4]}}`;
    expect(JSON.parse((await post(functions, '/predict', body)).body).data.ndarray).toEqual([3, 4]);
    const other = `{"data":{"ndarray":[1,2],"ndarray":[${many}]}}`;
    expect(JSON.parse((await post(functions, '/predict', other)).body).data.ndarray).toEqual(many);
  });
});

test('any large message is answered as if it had come without a text', async () => {
  const functions = deploy({ MODEL_NAME: 'Inspect' });
  const element = fc.oneof(
    { weight: 200, arbitrary: fc.integer({ min: -9999, max: 9999 }).map((n) => n / 100) },
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, 'text'),
  );
  const list = fc.array(element, { minLength: 64, maxLength: 90, size: 'max' });
  const array = fc.oneof(
    list,
    fc
      .tuple(list, fc.integer({ min: 1, max: 20 }))
      .map(([row, count]) => Array.from({ length: count }, () => row)),
    fc.array(list, { maxLength: 6 }),
  );
  const field = fc.constantFrom('ndarray', 'values', 'tensor', 'data', 'names', 'meta', 'tags');
  const object = fc.array(fc.tuple(field, array), { maxLength: 2 }).map(Object.fromEntries);
  const message = fc.record(
    {
      data: fc.oneof(
        fc.record({ ndarray: array }),
        fc.record({
          tensor: fc
            .tuple(list, object)
            .map(([values, more]) => ({ shape: [values.length], values, ...more })),
        }),
        object,
      ),
      meta: fc.record({ tags: object }),
      jsonData: object,
    },
    { requiredKeys: ['data'] },
  );
  await fc.assert(
    fc.asyncProperty(message, fc.constantFrom(0, 1), async (value, indent) => {
      const { status, body } = await post(functions, '/predict', JSON.stringify(value, null, indent));
      const direct = await functions.invoke('predict', value).catch((error: Error) => error);
      if (direct instanceof Error) {
        expect([status, JSON.parse(body).status.info]).toEqual([400, direct.message]);
      } else {
        expect(JSON.parse(body)).toEqual(direct);
      }
    }),
    { numRuns: 150 },
  );
});

test('of a direct invocation, too, that a model changed in place is as it was sent when it is run again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-large-'));
  const instance = async () => {
    const functions = deploy({
      MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
      MODEL_NAME: 'InPlaceJson',
      STATE_URL: pathToFileURL(folder).href,
      STATE_MAX_AGE_MS: '0',
      METRICS_URL: '',
    });
    await functions.invoke('predict', { jsonData: { count: 0 } });
    return functions;
  };
  try {
    const instances = [await instance(), await instance()];
    for (const functions of [...instances, ...instances]) {
      expect(await functions.invoke('predict', { jsonData: { count: 0 } })).toMatchObject({
        jsonData: { count: 1 },
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('that a model changed in place is read anew when another instance was faster', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-large-'));
  const instance = async () => {
    const functions = deploy({
      MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
      MODEL_NAME: 'InPlace',
      STATE_URL: pathToFileURL(folder).href,
      STATE_MAX_AGE_MS: '0',
      METRICS_URL: '',
    });
    await functions.load('predict');
    await call(functions, '/predict', JSON.stringify({ data: { ndarray: many } }));
    return functions;
  };
  try {
    const [first, second] = [await instance(), await instance()];
    const body = JSON.stringify({ data: { ndarray: many } });
    for (const functions of [first, second, first]) {
      const { data, meta } = JSON.parse((await call(functions, '/predict', body)).body);
      // Each had a call before this one, and finds in the store what the other wrote.
      expect(meta.tags.runs).toBeGreaterThan(2);
      expect(data.ndarray).toEqual(many.map((value) => value + 1));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
