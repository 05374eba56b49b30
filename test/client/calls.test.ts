import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Client, client, type Input, SeldonClientError } from '../../src/client/index.ts';
import { deploy } from '../support/functions.ts';
import { closeHosts, hostOf, hostOfFunctions, type Received } from '../support/hosts.ts';

// Over HTTP, to the functions of a model that has every method.
let url: string;
let received: Received[];
let model: Client;

beforeAll(async () => {
  ({ url, received } = await hostOfFunctions(
    deploy({ MODEL_NAME: 'ClientAll', MODEL_METADATA: '{"name":"all","versions":["2"]}' }),
  ));
  model = client(url);
});

afterAll(() => {
  closeHosts();
  vi.unstubAllEnvs();
});

const last = () => received.at(-1) as Received;
const ROWS = [
  [1, 2],
  [3, 4],
];

describe('each method calls its path', () => {
  test.each([
    ['predict', '/predict', ROWS],
    ['transformInput', '/transform-input', ROWS.map((row) => row.map((value) => 2 * value))],
    ['transformOutput', '/transform-output', ROWS.map((row) => row.map((value) => value + 1))],
  ] as const)('%s: %s', async (method, path, nested) => {
    const { array, tags, metrics, status, tries, kind, puid, headers } = await model[method](ROWS);
    expect(last()).toMatchObject({ method: 'POST', path, headers: { 'content-type': 'application/json' } });
    expect(array.toNested()).toEqual(nested);
    expect(array.names).toEqual(['t:0', 't:1']);
    expect({ tags, status, tries, kind }).toEqual({
      tags: { client: 'all' },
      status: 200,
      tries: 1,
      kind: 'tensor',
    });
    expect(metrics).toEqual([{ type: 'COUNTER', key: 'calls', value: 1 }]);
    expect(puid).toBe(headers.get('seldon-puid'));
    expect(puid).toMatch(/^[\da-f-]{36}$/);
  });

  test('route: the branch', async () => {
    const answer = await model.route(ROWS);
    expect(last().path).toBe('/route');
    expect(answer.branch).toBe(1);
    const other = await model.predict(ROWS);
    expect(() => other.branch).toThrow('expected a single whole number');
  });

  test('aggregate: several inputs of any kind', async () => {
    const first = await model.predict(ROWS);
    const { array } = await model.aggregate([first, { data: [3, 4, 5, 6], shape: [2, 2] }]);
    expect(last().path).toBe('/aggregate');
    expect(array.toNested()).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(JSON.parse(last().body).seldonMessages).toHaveLength(2);
  });

  test('feedback: with request, answer, truth, and a key of its own each time', async () => {
    const response = await model.predict(ROWS);
    const feedback = { request: ROWS, response, reward: 0.5, truth: [[1], [0]], routing: { eg: 1 } };
    const { message } = await model.feedback(feedback);
    expect(message).toMatchObject({ meta: { tags: { client: 'all' } } });
    const { path, body, headers } = last();
    expect(path).toBe('/send-feedback');
    expect(JSON.parse(body)).toEqual({
      request: { data: { tensor: { shape: [2, 2], values: [1, 2, 3, 4] } } },
      response: { ...response.message, meta: { ...response.message.meta, routing: { eg: 1 } } },
      reward: 0.5,
      truth: { data: { tensor: { shape: [2, 1], values: [1, 0] } } },
    });
    await model.feedback({ reward: 1 }, { idempotencyKey: undefined });
    expect(JSON.parse(last().body)).toEqual({ reward: 1 });
    const keys = [headers, last().headers].map((each) => each['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toMatch(/^[\da-f]{32}$/);
    await model.feedback({ routing: { eg: 2 } }, { idempotencyKey: 'mine' });
    await model.feedback(
      { response: { meta: { routing: { a: 1 } } }, routing: { eg: 2 } },
      { idempotencyKey: 'mine' },
    );
    expect(received.at(-2)?.body).toBe('{"response":{"meta":{"routing":{"eg":2}}}}');
    expect(last()).toMatchObject({
      body: '{"response":{"meta":{"routing":{"a":1,"eg":2}}}}',
      headers: { 'idempotency-key': 'mine' },
    });
  });

  test('metadata and health', async () => {
    const { name, versions, inputs } = await model.metadata();
    expect(last()).toMatchObject({ method: 'GET', path: '/metadata', body: '' });
    expect({ name, versions, inputs }).toEqual({ name: 'all', versions: ['2'], inputs: [] });
    expect((await model.health()).strData).toBe('healthy');
    expect(last().path).toBe('/health/status');
  });
});

test.each([
  ['/seldon/ns/iris', '/api/v1.0/predictions'],
  ['/stage/seldon/ns/iris/', '/api/v1.0/predictions'],
  ['/seldon/iris', '/api/v1.0/predictions'],
  ['/stage', '/predict'],
  ['/seldon/ns/iris/more', '/predict'],
  ['', '/predict'],
])('below the address %s, predict is at %s', async (base, path) => {
  const host = await hostOf({ data: { ndarray: [1] } });
  await client(host.url + base).predict([1]);
  expect(host.received[0]?.path).toBe(base.replace(/\/$/, '') + path);
});

test('the paths of the ingress are answered, and it has no others', async () => {
  const ingress = client(`${url}/seldon/ns/any`);
  expect((await ingress.predict(ROWS)).array.shape).toEqual([2, 2]);
  expect((await ingress.health()).strData).toBe('healthy');
  expect((await ingress.metadata()).name).toBe('all');
  expect((await ingress.feedback({ reward: 1 })).status).toBe(200);
  await expect(ingress.route(ROWS)).rejects.toThrow(
    "route: Seldon's ingress has no such path; expected the address of the model itself",
  );
});

test('text, JSON and bytes go there and come back', async () => {
  expect((await model.predict({ strData: 'Blüte 🌷' })).strData).toBe('Blüte 🌷');
  const json = { a: [12345678901234567890n, null], __proto: 1 };
  expect((await model.predict({ jsonData: json })).jsonData).toEqual(json);
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
  expect((await model.predict({ binData: bytes })).binData).toEqual(bytes);
  expect(JSON.parse(last().body).binData).toBe(Buffer.from(bytes).toString('base64'));
  const answer = await model.predict({ strData: 'x' });
  expect(() => answer.array).toThrow('the answer has no array, but strData');
  expect(() => answer.binData).toThrow('the answer has no binData, but strData');
  expect(() => answer.jsonData).toThrow('the answer has no jsonData, but strData');
});

test('names, meta and headers go with a call, and tags of a message travel on', async () => {
  const options = {
    names: ['a', 'b'],
    meta: { puid: 'p-1', tags: { customer: 12345678901234567890n } },
    headers: { 'X-Mine': '1', 'Seldon-Puid': 'log-1' },
    arrays: 'ndarray',
  } as const;
  const first = await model.predict(ROWS, options);
  expect(last()).toMatchObject({ headers: { 'x-mine': '1' } });
  expect(last().body).toBe(
    '{"data":{"ndarray":[[1,2],[3,4]],"names":["a","b"]},"meta":{"puid":"p-1","tags":{"customer":12345678901234567890}}}',
  );
  expect(first.puid).toBe('log-1');
  expect(first.tags).toEqual({ client: 'all', customer: 12345678901234567890n });
  const second = await model.transformInput(first, { meta: { tags: { step: 2 } } });
  expect(second.tags).toEqual({ client: 'all', step: 2 });
  expect(second.message.meta?.puid).toBe('p-1');
  const message = { data: { ndarray: [[5]] }, meta: { tags: { own: true } } };
  expect((await model.predict(message, { names: ['c'] })).tags).toEqual({ client: 'all', own: true });
  expect(JSON.parse(last().body).data).toEqual({ ndarray: [[5]], names: ['c'] });
  await model.predict({ data: [1], shape: [1], names: ['d'] });
  expect(JSON.parse(last().body).data.names).toEqual(['d']);
});

test('an error of the model has all its facts', async () => {
  const error = await model.predict({ binData: 'not base64!' }).catch((reason) => reason);
  expect(error).toBeInstanceOf(SeldonClientError);
  expect(error).toMatchObject({
    name: 'SeldonClientError',
    message: `POST ${url}/predict: 400 MICROSERVICE_BAD_DATA: binData: expected base64 (standard or URL-safe alphabet)`,
    status: 400,
    reason: 'MICROSERVICE_BAD_DATA',
    info: 'binData: expected base64 (standard or URL-safe alphabet)',
    puid: expect.stringMatching(/^[\da-f-]{36}$/),
    body: expect.stringContaining('"code":-1'),
    tries: 1,
  });
});

test.each<[string, unknown, string]>([
  ['a text', 'hi', 'input: expected nested lists, {data, shape}, or a message with data, strData'],
  ['nothing', undefined, '; got undefined'],
  ['an object without a payload', { features: [1] }, 'got an object with none of these fields'],
  ['a typed array alone', new Float32Array(2), 'got a Float32Array without a shape'],
  [
    'another size',
    { data: [1, 2, 3], shape: [2, 2] },
    'input: cannot reshape array of size 3 into shape (2,2)',
  ],
  [
    'another dtype',
    { data: new Float64Array([1.5]), shape: [1], dtype: 'int32' },
    'input: dtype int32: expected the data as Int32Array, got Float64Array',
  ],
  [
    'a list with a dtype',
    { data: [300], shape: [1], dtype: 'int8' },
    'dtype int8: expected the data as Int8Array, got Array',
  ],
  ['33 axes', JSON.parse('['.repeat(33) + ']'.repeat(33)), 'at most 32 axes'],
  ['a Map', { jsonData: { a: new Map() } }, 'input.jsonData.a is a Map, which JSON cannot carry'],
  ['a Map in a list', [[new Map()]], 'input: ndarray[0][0] is a Map, which'],
])('%s is refused before it is sent', async (_what, input, sentence) => {
  const count = received.length;
  const call = model.predict(input as Input);
  await expect(call).rejects.toThrow(TypeError);
  await expect(call).rejects.toThrow(sentence);
  expect(received.length).toBe(count);
});

test('the part of a feedback that is wrong is named', async () => {
  await expect(model.feedback({ truth: 'x' as never })).rejects.toThrow(/^truth: expected nested lists/);
  await expect(model.feedback({ reward: Number.NaN })).rejects.toThrow('reward: expected a finite number');
  await expect(model.aggregate([[1], 'x' as never])).rejects.toThrow(/^inputs\[1\]: expected nested lists/);
});
