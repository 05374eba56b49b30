import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Posts JSON text to a path of a model; what it gives is the status and the answer. */
function poster(MODEL_NAME: string) {
  const functions = deploy({ MODEL_NAME });
  return async (path: string, text: string) => {
    const { status, body } = await functions.send({ method: 'POST', path, body: text });
    return { status, answer: JSON.parse(body as string) };
  };
}

const filled = (size: number, dtype = 'DT_DOUBLE', list = 'doubleVal', value: unknown = 0) => ({
  data: { tftensor: { dtype, tensorShape: { dim: [{ size: `${size}` }] }, [list]: [value] } },
});

describe('arrays whose shape asks for more than was sent', () => {
  test.each([
    ['numbers', filled(2 ** 19 + 2)],
    ['bytes of numbers', filled(2 ** 22 + 2, 'DT_UINT8', 'intVal')],
    ['booleans', filled(2 ** 19 + 2, 'DT_BOOL', 'boolVal', true)],
    [
      'complex numbers',
      { data: { tftensor: { dtype: 'DT_COMPLEX128', tensorShape: { dim: [{ size: 2 ** 18 + 1 }] } } } },
    ],
    ['long texts', filled(5000, 'DT_STRING', 'stringVal', Buffer.alloc(1000).toString('base64'))],
    ['billions', filled(Number.MAX_SAFE_INTEGER)],
    ['empty lists', { data: { tensor: { shape: [70_000, 0], values: [] } } }],
    [
      'empty lists of a tftensor',
      { data: { tftensor: { dtype: 'DT_INT8', tensorShape: { dim: [{ size: 70_000 }, {}] } } } },
    ],
  ])('are refused beyond what an answer can carry: %s', async (_what, message) => {
    const post = poster('NoMethods');
    const { status, answer } = await post('/transform-input', JSON.stringify(message));
    expect({ status, ...answer.status }).toMatchObject({ status: 1, reason: 'MICROSERVICE_BAD_DATA' });
    expect(answer.status.info).toMatch(/hape: at most 4194304 bytes more than were sent, got \d+$/);
  });

  test.each(['/aggregate', '/send-feedback'])(
    'count together in the messages of one request: %s',
    async (path) => {
      const post = poster('NoMethods');
      const half = filled(2 ** 18 + 2);
      const body = path === '/aggregate' ? [half, half] : { request: half, truth: half };
      const { status, answer } = await post(path, JSON.stringify(body));
      expect(status).toBe(400);
      expect(answer.status.info).toMatch(/^data\.tftensor\.tensorShape: at most 4194304 bytes more/);
      // Not from request to request.
      expect((await post('/transform-input', JSON.stringify(half))).status).toBe(200);
      expect((await post('/transform-input', JSON.stringify(half))).status).toBe(200);
    },
  );

  test('are filled up to there', async () => {
    const post = poster('NoMethods');
    const { status, answer } = await post(
      '/transform-input',
      JSON.stringify(filled(2 ** 22, 'DT_UINT8', 'intVal', 7)),
    );
    expect(status).toBe(200);
    const bytes = Buffer.from(answer.data.tftensor.tensorContent, 'base64');
    expect([bytes.length, new Set(bytes)]).toEqual([2 ** 22, new Set([7])]);
  });
});

test('default names that no answer can carry are not made', async () => {
  const { send } = deploy({ MODEL_NAME: 'Identity' });
  const post = (columns: number) =>
    send({
      method: 'POST',
      path: '/predict',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
      body: JSON.stringify({ data: { tensor: { shape: [0, columns], values: [] } } }),
    });
  expect((await post(2 ** 19)).status).toBe(200);
  for (const columns of [2 ** 19 + 1, Number.MAX_SAFE_INTEGER]) {
    const { status, body } = await post(columns);
    expect(status).toBe(413);
    expect(JSON.parse(body as string).status).toMatchObject({
      reason: 'MICROSERVICE_PAYLOAD_TOO_LARGE',
      info: `the default names of ${columns} columns do not fit into an answer`,
    });
  }
});

describe('an answer takes time in proportion to the request', () => {
  // With quadratic time, each of these takes minutes: the test's limit of time would end it.
  const digits = '1'.repeat(400_000);

  test.each([
    ['/send-feedback', `{"reward":"${digits}x"}`],
    ['/send-feedback', `{"request":{"data":{"tensor":{"shape":[1],"values":["${digits}x"]}}}}`],
    ['/predict', JSON.stringify(filled(1, 'DT_FLOAT', 'floatVal', `${digits}x`))],
    ['/predict', JSON.stringify(filled(1, 'DT_INT64', 'int64Val', `${digits}x`))],
  ])('%s: a long text that is not a number: %.40s', async (path, body) => {
    const { status, answer } = await poster('Identity')(path, body);
    expect(status).toBe(400);
    expect(answer.status.info.length).toBeLessThan(300);
  });

  test('/aggregate: tags and paths of many messages', async () => {
    const message = (index: number) => ({
      strData: 'x',
      meta: { tags: { [`t${index}`]: index }, requestPath: { [`u${index}`]: 'i' } },
    });
    const messages = Array.from({ length: 25_000 }, (_, index) => message(index));
    const { status, answer } = await poster('AggFull')('/aggregate', JSON.stringify(messages));
    expect(status).toBe(200);
    expect(Object.keys(answer.meta.tags).length).toBe(25_002);
    expect(Object.keys(answer.meta.requestPath).length).toBe(25_000);
  });
});

describe('a value that turns into no text and no number is refused', () => {
  const odd = { toString: 0, valueOf: 0 };

  test.each([
    ['/predict', { data: { tensor: { shape: [odd, 0], values: [] } } }],
    ['/predict', { data: { tensor: { shape: [0, odd], values: [] } } }],
    ['/predict', { data: { tensor: { shape: [1], values: [odd] } } }],
    ['/predict', { data: { names: [odd], ndarray: [[1]] } }],
    ['/predict', { data: { tftensor: { dtype: odd } } }],
    ['/predict', { data: { tftensor: { dtype: 'DT_INT8', tensorShape: { dim: [{ size: odd }] } } } }],
    ['/predict', { strData: 'x', meta: { puid: odd } }],
    ['/predict', { data: { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { unknownRank: odd } } } }],
    ['/send-feedback', { reward: odd }],
    ['/send-feedback', { response: { meta: { routing: { 0: odd } } } }],
  ])('%s %j', async (path, message) => {
    const { status, answer } = await poster('Identity')(path, JSON.stringify(message));
    expect(answer.status).toMatchObject({ reason: 'MICROSERVICE_BAD_DATA' });
    expect(status).toBe(400);
  });

  test('a reward that a raw method does not read is not counted', async () => {
    const { status } = await poster('RawEcho')(
      '/send-feedback',
      JSON.stringify({ reward: odd, request: { strData: 'x' } }),
    );
    expect(status).toBe(200);
  });
});

test.each<Record<string, string>>([{}, { LOG_PAYLOADS: 'true' }, { PAYLOAD_PASSTHROUGH: 'true' }])(
  'a direct event that is nested too deep is bad data, with %j',
  async (environment) => {
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) {
      deep = [deep];
    }
    const { invoke } = deploy({ MODEL_NAME: 'RawEcho', ...environment });
    for (const event of [{ jsonData: deep }, { meta: { tags: deep } }, deep]) {
      await expect(invoke('predict', event)).rejects.toMatchObject({
        name: 'MICROSERVICE_BAD_DATA',
        message: expect.stringContaining('nested deeper than'),
      });
    }
  },
);
