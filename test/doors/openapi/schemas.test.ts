import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { kinds } from '../../models/conformance/kinds.ts';
import type { TestRequest } from '../../support/events.ts';
import { type Deployment, deploy } from '../../support/functions.ts';
import {
  type Document,
  documentOf,
  type Json,
  type MediaType,
  mediaTypesOf,
  metaZoo,
  nodesOf,
  operationsOf,
  post,
  resolve,
  responseSchema,
  validatorOf,
} from '../../support/openapi.ts';

afterEach(() => vi.unstubAllEnvs());

describe('what is answered is what the document says', () => {
  let functions: Deployment;
  let document: Document;
  beforeAll(async () => {
    functions = deploy({ MODEL_NAME: 'ReturnZoo' });
    document = await documentOf(functions);
  });

  test.each(Object.keys(kinds))('%s returned by a method', async (kind) => {
    const validate = validatorOf(document);
    const operation = document.paths['/predict'].post;
    const tftensor = { dtype: 7, stringVal: [btoa(kind)] };
    for (const request of [{ strData: kind }, { data: { ndarray: [kind] } }, { data: { tftensor } }]) {
      const { status, body } = await functions.send(post('/predict', request));
      const { schema } = responseSchema(document, operation, `${status}`);
      expect(validate(schema, JSON.parse(body as string)), body as string).toEqual([]);
    }
  });

  test.each<[number, Record<string, string>, TestRequest]>([
    [200, { MODEL_NAME: 'Metrics' }, post('/predict', { data: { ndarray: [[1]] } })],
    [200, { MODEL_NAME: 'HealthFull' }, { method: 'GET', path: '/health/status' }],
    [200, metaZoo('v1'), { method: 'GET', path: '/metadata' }],
    [200, metaZoo('mixed'), { method: 'GET', path: '/api/v1.0/metadata' }],
    [200, metaZoo('custom_type'), { method: 'GET', path: '/metadata' }],
    [200, { MODEL_NAME: 'Identity' }, { method: 'GET', path: '/health/ping' }],
    [400, { MODEL_NAME: 'Identity' }, { method: 'POST', path: '/predict', body: '{' }],
    [400, { MODEL_NAME: 'Identity' }, { method: 'GET', path: '/predict' }],
    [400, { MODEL_NAME: 'NoMethods' }, post('/route', { strData: 'x' })],
    [400, { MODEL_NAME: 'NoMethods' }, post('/aggregate', [{ strData: 'x' }])],
    [400, { MODEL_NAME: 'ClientAll' }, post('/send-feedback', { surprise: 1 })],
    [400, { MODEL_NAME: 'ErrorZoo' }, post('/predict', { strData: 'sme_obj' })],
    [
      415,
      { MODEL_NAME: 'Identity' },
      {
        ...post('/predict', {}),
        headers: { 'content-type': 'application/json', 'content-encoding': 'zstd' },
        body: new Uint8Array([1]),
      },
    ],
    [500, { MODEL_NAME: 'ErrorZoo' }, post('/predict', { strData: 'exception' })],
    [500, { MODEL_NAME: 'InitCrash' }, post('/transform-input', { strData: 'x' })],
    [500, metaZoo('bad_shape'), { method: 'GET', path: '/metadata' }],
    [500, { MODEL_NAME: 'Identity', PAYLOAD_PASSTHROUGH: '?' }, { method: 'GET', path: '/health/ping' }],
    [503, { MODEL_NAME: 'HealthRaises' }, { method: 'GET', path: '/health/status' }],
    [503, { MODEL_NAME: 'LoadCrash' }, { method: 'GET', path: '/api/v1.0/health/status' }],
    [422, { MODEL_NAME: 'ErrorZoo' }, post('/predict', { strData: 'sme_422' })],
    [402, { MODEL_NAME: 'CustomHandler' }, post('/predict', { strData: 'custom' })],
    [418, { MODEL_NAME: 'RawBytesStatus' }, post('/predict', { strData: 'x' })],
    [405, { MODEL_NAME: 'Identity' }, { method: 'POST', path: '/seldon.json' }],
    [405, { MODEL_NAME: 'Identity' }, { method: 'GET', path: '/api/v1.0/predictions' }],
  ])('%i for %j and %j', async (expected, environment, request) => {
    const { status, headers, body } = await deploy(environment).send(request);
    expect(status, body as string).toBe(expected);
    const operations = operationsOf(document).filter(({ path }) => path === request.path);
    const { operation } =
      operations.find(({ method }) => method === request.method.toLowerCase()) ?? operations[0];
    // Only a model's own statuses are not listed.
    expect(`${status}` in operation.responses).toBe(![402, 418, 422].includes(status));
    const { type, schema, headers: described } = responseSchema(document, operation, `${status}`);
    expect(headers['content-type']?.split(';', 1)[0]).toBe(type);
    const answer = type === 'application/json' ? JSON.parse(body as string) : body;
    expect(validatorOf(document)(schema, answer), body as string).toEqual([]);
    for (const name of described) {
      expect(headers).toHaveProperty(name.toLowerCase());
    }
  });

  test.each<[number, string, () => TestRequest]>([
    [404, 'what is not in it', () => ({ method: 'GET', path: '/nothing' })],
    [413, 'an answer that Lambda cannot carry', () => post('/predict', { strData: 'x'.repeat(7e6) })],
  ])('%i for %s', async (expected, _what, request) => {
    const { status, body } = await deploy({ MODEL_NAME: 'Identity' }).send(request());
    expect(status).toBe(expected);
    const { responses } = document.paths['/predict'].get;
    expect(responses).toHaveProperty(`${status}`);
    const { schema } = responseSchema(document, document.paths['/predict'].get, `${status}`);
    expect(validatorOf(document)(schema, JSON.parse(body as string))).toEqual([]);
  });
});

describe('the schemas refuse what the functions refuse, and take what they take', () => {
  let functions: Deployment;
  let document: Document;
  beforeAll(async () => {
    functions = deploy({ MODEL_NAME: 'Inspect' });
    document = await documentOf(functions);
  });

  const tensor = (shape: unknown, values: unknown) => ({ data: { tensor: { shape, values } } });
  test.each<[string, boolean, unknown]>([
    ['/predict', true, tensor([1, 2], [1, 2.5])],
    ['/predict', true, tensor([3], ['NaN', 'Infinity', '-Infinity'])],
    ['/predict', false, tensor([1], ['1'])],
    ['/predict', false, tensor([1], ['nan'])],
    ['/predict', false, tensor([1], [null])],
    ['/predict', false, tensor([1], [[1]])],
    ['/predict', false, tensor([-1], [1])],
    ['/predict', false, tensor([1.5], [1])],
    ['/predict', false, tensor('1', [1])],
    ['/predict', false, tensor(null, [1])],
    ['/predict', false, { data: { tensor: { values: [1] } } }],
    ['/predict', false, { data: { tensor: [1] } }],
    ['/predict', true, { data: { tensor: null, ndarray: [1] } }],
    [
      '/predict',
      true,
      {
        data: {
          ndarray: [
            [1, 'a'],
            [null, [true, { a: 1 }]],
          ],
        },
      },
    ],
    ['/predict', true, { data: { ndarray: 5 } }],
    ['/predict', true, { data: {} }],
    ['/predict', true, { data: { names: ['a', 1], ndarray: [[1, 2]] } }],
    ['/predict', false, { data: { names: 'a', ndarray: [[1]] } }],
    ['/predict', false, { data: { names: [null], ndarray: [[1]] } }],
    ['/predict', false, { data: [1] }],
    [
      '/predict',
      true,
      {
        data: { tftensor: { dtype: 'DT_FLOAT', floatVal: [1, 'NaN'], tensorShape: { dim: [{ size: 2 }] } } },
      },
    ],
    ['/predict', true, { data: { tftensor: { dtype: 9, int64Val: ['9007199254740993'] } } }],
    ['/predict', false, { data: { tftensor: { dtype: 'DT_INT64', int64Val: ['1.5'] } } }],
    ['/predict', false, { data: { tftensor: { dtype: 'DT_BOOL', boolVal: [1] } } }],
    ['/predict', false, { data: { tftensor: { dtype: 'FLOAT', floatVal: [1] } } }],
    ['/predict', false, { data: { tftensor: { floatVal: [1] } } }],
    ['/predict', false, { data: { tftensor: { dtype: 1, tensorContent: 5 } } }],
    ['/predict', false, { data: { tftensor: { dtype: 1, tensorShape: { dim: 1 } } } }],
    ['/predict', true, { strData: 'x', meta: null, status: { code: 200, status: 'SUCCESS' }, other: 1 }],
    ['/predict', true, { jsonData: null }],
    ['/predict', true, { binData: 'aGk=' }],
    ['/predict', false, { binData: 5 }],
    ['/predict', true, { strData: 'x', meta: { puid: 5, tags: { a: [1] }, metrics: null } }],
    ['/predict', false, { strData: 'x', meta: { puid: {} } }],
    ['/predict', false, { strData: 'x', meta: { tags: [1] } }],
    ['/predict', false, { strData: 'x', meta: { metrics: {} } }],
    ['/predict', false, { strData: 'x', meta: 'meta' }],
    ['/predict', false, 'text'],
    ['/predict', false, [{ strData: 'x' }]],
    ['/aggregate', true, [{ strData: 'x' }]],
    ['/aggregate', true, { seldonMessages: [{ strData: 'x' }] }],
    ['/aggregate', false, { messages: [] }],
    ['/aggregate', false, ['x']],
    ['/send-feedback', true, { reward: 'NaN' }],
    ['/send-feedback', true, { request: null, truth: { data: { ndarray: [1] } } }],
    ['/send-feedback', false, { reward: 'much' }],
    ['/send-feedback', false, { reward: [1] }],
    ['/send-feedback', false, { response: { meta: { routing: { a: 'left' } } } }],
    ['/send-feedback', false, { response: { meta: { requestPath: { a: 1 } } } }],
    ['/send-feedback', false, { response: { meta: { metrics: [{ key: 1 }] } } }],
    ['/send-feedback', false, { rewards: 1 }],
  ])('%s %s: %j', async (path, isTaken, message) => {
    const { status, body } = await functions.send(post(path, message));
    expect(status, body as string).toBe(isTaken ? 200 : 400);
    const operation = document.paths[path].post;
    const { schema } = mediaTypesOf(document, operation)['application/json'] as MediaType;
    expect(validatorOf(document)(schema, message).length === 0).toBe(isTaken);
  });

  test('say what JSON Schema cannot check: base64', () => {
    const { SeldonMessage, TensorProto } = document.components.schemas as Record<
      string,
      { properties: Record<string, Json> }
    >;
    expect(SeldonMessage.properties.binData).toMatchObject({ contentEncoding: 'base64' });
    expect(TensorProto.properties.tensorContent).toMatchObject({ contentEncoding: 'base64' });
    expect(TensorProto.properties.stringVal).toMatchObject({ items: { contentEncoding: 'base64' } });
  });

  test('bound no integer to 53 bits', () => {
    const bounds = nodesOf(document).flatMap(({ minimum, maximum }) => [minimum, maximum]);
    expect(bounds.filter((bound) => bound !== undefined && bound !== 0)).toEqual([]);
  });

  test('let no field of a form be a list, which would be sent as a field for each item', () => {
    for (const { operation } of operationsOf(document)) {
      for (const [form, { schema }] of Object.entries(mediaTypesOf(document, operation))) {
        if (form === 'application/json') {
          continue;
        }
        const { json } = schema.properties as Record<string, Json>;
        expect(resolve(document, json).type).toBe('object');
      }
    }
  });

  test('name every type of a tftensor', async () => {
    const { body } = await functions.send(post('/predict', { data: { tftensor: { dtype: '?' } } }));
    const known = (body as string).match(/DT_\w+/g);
    const { dtype } = document.components.schemas.TensorProto.properties as {
      dtype: { anyOf: { enum: string[] }[] };
    };
    expect(dtype.anyOf[0]?.enum).toEqual(known);
  });
});
