import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { apiGatewayV2, readResult } from '../../support/events.ts';
import type { Deployment } from '../../support/functions.ts';
import { captureLog } from '../../support/log-lines.ts';
import { callV2, deployV2 } from '../../support/open-inference.ts';

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const CONFORMANCE = fileURLToPath(new URL('../../models/conformance', import.meta.url));

afterAll(() => vi.unstubAllEnvs());
afterEach(() => {
  vi.restoreAllMocks();
});

describe('Iris', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Iris', { MODEL_DIR: MODELS, PREDICTIVE_UNIT_ID: 'classifier' });
  });

  test.each<[string, unknown]>([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    ['/v2/models/iris/ready', { name: 'iris', ready: true }],
    ['/v2/models/classifier/versions/1.0.0/ready', { name: 'classifier', ready: true }],
    ['/v2/models', { models: ['iris'] }],
    [
      '/v2/models/Iris',
      {
        name: 'Iris',
        versions: ['1.0.0'],
        platform: 'seldon-lambda',
        inputs: [{ name: 'input-0', datatype: 'FP64', shape: [-1, 4] }],
        outputs: [{ name: 'output-0', datatype: 'FP64', shape: [-1, 3] }],
      },
    ],
  ])('GET %s', async (path, expected) => {
    const { status, json } = await callV2(functions, path);
    expect([status, json]).toEqual([200, expected]);
    const head = await callV2(functions, path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  test('GET /v2 tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    const { json } = await callV2(functions, '/v2');
    expect(json).toEqual({ name: 'seldon-lambda', version, extensions: expect.any(Array) });
  });

  test('a path may end in a slash, as API Gateway routes it', async () => {
    for (const [name, path] of [
      ['ping', '/v2/health/live/'],
      ['metadata', '/v2/'],
      ['health', '/v2/models/iris/ready/'],
    ] as const) {
      expect(readResult(await functions.invoke(name, apiGatewayV2({ method: 'GET', path }))).status).toBe(
        200,
      );
    }
  });

  test('the index of the repository, and what cannot be done with it', async () => {
    const { json } = await callV2(functions, '/v2/repository/index', { body: '' });
    expect(json).toEqual([{ name: 'iris', version: '1.0.0', state: 'READY', reason: '' }]);
    for (const what of ['load', 'unload']) {
      const answer = await callV2(functions, `/v2/repository/models/iris/${what}`, { body: '{}' });
      expect([answer.status, answer.json]).toEqual([
        501,
        {
          error: `models cannot be ${what}ed: a function serves the model that it was deployed with`,
          reason: 'MICROSERVICE_NOT_IMPLEMENTED',
        },
      ]);
    }
    expect((await callV2(functions, '/v2/repository/models/nope/load', { body: '' })).status).toBe(404);
  });

  test.each([
    ['GET', '/v2/models/nope', 404, 'model "nope" does not exist; this one is iris or Iris or classifier'],
    [
      'GET',
      '/v2/models/nope/ready',
      404,
      'model "nope" does not exist; this one is iris or Iris or classifier',
    ],
    [
      'GET',
      '/v2/models/nope/docs',
      404,
      'model "nope" does not exist; this one is iris or Iris or classifier',
    ],
    [
      'GET',
      '/v2/models/nope/docs/dataplane.json/',
      404,
      'model "nope" does not exist; this one is iris or Iris or classifier',
    ],
    ['GET', '/v2/models/iris/versions/2', 404, 'version "2" of the model does not exist; expected 1.0.0'],
    [
      'GET',
      '/v2/models/iris/versions/2/ready',
      404,
      'version "2" of the model does not exist; expected 1.0.0',
    ],
    ['GET', '/v2/models/iris/infer', 405, 'GET /v2/models/iris/infer is not allowed; expected OPTIONS, POST'],
    ['POST', '/v2/health/live', 405, 'POST /v2/health/live is not allowed; expected GET, HEAD, OPTIONS'],
    ['GET', '/v2/nothing', 404, '/v2/nothing does not exist'],
    ['GET', '/v2/models/iris/stats', 404, '/v2/models/iris/stats does not exist'],
    ['POST', '/v2/models/iris/generate', 404, '/v2/models/iris/generate does not exist'],
  ])('%s %s is %i', async (method, path, status, error) => {
    const answer = await callV2(functions, path, { method });
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.headers['content-type']).toBe('application/json');
  });
});

describe('of a model that cannot be loaded, the index of the repository says why', () => {
  const index = (functions: Deployment, body: unknown = '') =>
    callV2(functions, '/v2/repository/index', { body });
  const crashing = (environment: Record<string, string> = {}) =>
    deployV2('InitCrash', { MODEL_DIR: CONFORMANCE, ...environment });
  const row = { name: 'InitCrash', state: 'UNAVAILABLE' };

  test('with its reason, as Triton and MLServer do', async () => {
    const lines = captureLog();
    const { status, json } = await index(crashing());
    expect([status, json]).toEqual([200, [{ ...row, reason: 'cannot construct' }]]);
    expect(lines()).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'the model is not available' }),
    );
    const missing = await index(deployV2('NoSuchModel'));
    expect([missing.status, missing.json]).toEqual([
      200,
      [{ name: 'NoSuchModel', state: 'UNAVAILABLE', reason: expect.stringContaining('NoSuchModel') }],
    ]);
  });

  test('but not what its code threw, where that is hidden', async () => {
    captureLog();
    const { json } = await index(crashing({ HIDE_INTERNAL_ERRORS: 'true' }));
    expect(json).toEqual([{ ...row, reason: 'internal error; the log has more' }]);
  });

  test('unless only models that are ready are asked for', async () => {
    captureLog();
    for (const [body, found] of [
      [{ ready: true }, []],
      [{ ready: false }, [expect.objectContaining(row)]],
      [{}, [expect.objectContaining(row)]],
    ]) {
      expect((await index(crashing(), body)).json).toEqual(found);
    }
    const iris = deployV2('Iris', { MODEL_DIR: MODELS });
    expect((await index(iris, { ready: true })).json).toMatchObject([{ name: 'iris', state: 'READY' }]);
  });

  test('and its name is in the list of models', async () => {
    captureLog();
    expect((await callV2(crashing(), '/v2/models')).json).toEqual({ models: ['InitCrash'] });
  });

  test.each([
    ['{"ready":1}', 'ready: expected true or false, got 1'],
    ['[]', 'the request: expected an object, got []'],
    ['{', /JSON/],
  ])('the body %s is refused', async (body, error) => {
    const answer = await index(deployV2('Iris', { MODEL_DIR: MODELS }), body);
    expect([answer.status, answer.json]).toEqual([
      400,
      {
        error: typeof error === 'string' ? error : expect.stringMatching(error),
        reason: 'MICROSERVICE_BAD_DATA',
      },
    ]);
  });
});

test('the documents of a model that cannot be loaded are there, under any name', async () => {
  captureLog();
  const functions = deployV2('InitCrash', { MODEL_DIR: CONFORMANCE });
  for (const path of ['/v2/models/any/docs', '/v2/models/any/docs/dataplane.json', '/v2/docs']) {
    expect((await callV2(functions, path)).status).toBe(200);
  }
});

test.each(['iris', 'Iris'])('the documents of the model %s are its own', async (name) => {
  const functions = deployV2('Iris', { MODEL_DIR: MODELS });
  const page = await callV2(functions, `/v2/models/${name}/docs/`);
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const known = { headers: { 'if-none-match': page.headers.etag as string } };
  expect((await callV2(functions, `/v2/models/${name}/docs`, known)).status).toBe(304);
  const { status, json } = await callV2(functions, `/v2/models/${name}/docs/dataplane.json`);
  expect([status, json.openapi]).toEqual([200, '3.1.0']);
});

test('a version may be called v2', async () => {
  const functions = deployV2('Echo', { MODEL_METADATA: JSON.stringify({ name: 'v2', versions: ['v2'] }) });
  for (const path of ['/v2/models/v2', '/v2/models/v2/versions/v2', '/v2/models/Echo/versions/v2/']) {
    expect((await callV2(functions, path)).json).toMatchObject({ versions: ['v2'] });
  }
});

test('metadata in the words of Seldon, and in those of the protocol', async () => {
  const inputs = [
    { messagetype: 'tensor', schema: { shape: [1, 2, 3] } },
    { messagetype: 'ndarray', schema: { names: ['a', 'b'] } },
    { messagetype: 'strData' },
    { messagetype: 'binData' },
    { messagetype: 'jsonData' },
    { messagetype: 'customData' },
    { name: 'x', datatype: 'BF16', shape: [-1, 2] },
    { name: 'd', datatype: 'BYTES', shape: [-1], parameters: { content_type: 'datetime', unit: [1] } },
    {},
  ];
  const functions = deployV2('Echo', { MODEL_METADATA: JSON.stringify({ inputs, versions: [] }) });
  const { json } = await callV2(functions, '/v2/models/Echo');
  expect(json).toEqual({
    name: 'Echo',
    versions: [],
    platform: '',
    inputs: [
      { name: 'input-0', datatype: 'FP64', shape: [-1, 2, 3] },
      { name: 'input-1', datatype: 'FP64', shape: [-1, 2] },
      { name: 'input-2', datatype: 'BYTES', shape: [1], parameters: { content_type: 'str' } },
      { name: 'input-3', datatype: 'BYTES', shape: [1], parameters: { content_type: 'base64' } },
      { name: 'input-4', datatype: 'BYTES', shape: [1], parameters: { content_type: 'json' } },
      { name: 'x', datatype: 'BF16', shape: [-1, 2] },
      { name: 'd', datatype: 'BYTES', shape: [-1], parameters: { content_type: 'datetime', unit: [1] } },
      { name: 'input-8', datatype: 'FP64', shape: [-1] },
    ],
    outputs: [],
  });
  expect((await callV2(functions, '/v2/models/Echo/versions/1/ready')).json.error).toBe(
    'version "1" of the model does not exist; the model has no versions',
  );
});

test.each(['str', 'base64', 'json', 'pd_json', 'hg_jsonlist'])(
  'the example in the document is what the model takes: %s',
  async (type) => {
    const inputs = [{ name: 'x', datatype: 'BYTES', shape: [-1], parameters: { content_type: type } }];
    const functions = deployV2('Echo', { MODEL_METADATA: JSON.stringify({ inputs }) });
    const { json: document } = await callV2(functions, '/v2/docs/dataplane.json');
    const examples = Object.values(document.components.examples) as { value: { inputs?: unknown } }[];
    const [example] = examples.flatMap(({ value }) => (value.inputs === undefined ? [] : [value]));
    expect(example).toMatchObject({ inputs: [{ name: 'x', datatype: 'BYTES' }] });
    const { status, text } = await callV2(functions, '/v2/models/Echo/infer', { body: example });
    expect([status, text]).toEqual([200, expect.stringContaining('"outputs"')]);
  },
);

test.each([
  [{ datatype: 'fp32' }, 'datatype: expected one of "BOOL", "UINT8",'],
  [{ shape: [1.5] }, 'shape[0]: expected int, got 1.5'],
  [{ parameters: 5 }, 'parameters: expected object, got 5'],
])('a tensor of the metadata with %j is named by what is wrong with it', async (wrong, error) => {
  const MODEL_METADATA = JSON.stringify({ inputs: [{ name: 'x', ...wrong }] });
  const { status, json } = await callV2(deployV2('Echo', { MODEL_METADATA }), '/v2/models/Echo');
  expect([status, json.error]).toEqual([
    500,
    expect.stringContaining(`Model metadata unavailable: inputs[0].${error}`),
  ]);
});

test.each([
  ['HealthRaises', '/v2/health/ready'],
  ['HealthRaises', '/v2/models/HealthRaises/ready'],
])('a model that cannot serve: %s %s is 503', async (name, path) => {
  const functions = deployV2(name, { MODEL_DIR: CONFORMANCE });
  const { status, json } = await callV2(functions, path);
  expect([status, Object.keys(json)]).toEqual([503, ['error', 'reason']]);
});

test('metadata that fails is an error of infer, which depends on it', async () => {
  const functions = deployV2('BadMetadata');
  const inputs = [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }];
  for (const _ of [1, 2]) {
    const { status, json } = await callV2(functions, '/v2/models/BadMetadata/infer', { body: { inputs } });
    expect([status, json.reason]).toEqual([500, 'MICROSERVICE_BAD_METADATA']);
  }
});
