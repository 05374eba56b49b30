import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import customDomainEvent from '../fixtures/events/apigw-v1-custom-domain.json' with { type: 'json' };
import restEvent from '../fixtures/events/apigw-v1-post.json' with { type: 'json' };
import stageEvent from '../fixtures/events/apigw-v2-stage.json' with { type: 'json' };
import { kinds } from '../models/conformance/kinds.ts';
import { readResult, type TestRequest } from '../support/events.ts';
import { type Deployment, deploy, functionOfPath } from '../support/functions.ts';

type Json = Record<string, unknown>;

interface MediaType {
  schema: Json;
  example?: unknown;
  examples?: Record<string, Json>;
  encoding?: Record<string, { contentType: string }>;
}
interface Operation {
  operationId: string;
  tags: string[];
  parameters?: Json[];
  requestBody?: Json;
  responses: Record<string, Json>;
}
interface Document extends Json {
  info: { title: string; version: string; description: string; 'x-custom'?: unknown };
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation> & { parameters: Json[] }>;
  components: Record<string, Record<string, Json>>;
}

const MODEL_DIR = fileURLToPath(new URL('../../models', import.meta.url));
const METHODS = ['get', 'post'] as const;
const IRIS = { MODEL_NAME: 'Iris', MODEL_DIR };

afterEach(() => vi.unstubAllEnvs());

function metaZoo(kind: string): Record<string, string> {
  const parameters = [{ name: 'kind', value: kind, type: 'STRING' }];
  return { MODEL_NAME: 'MetaZoo', PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters) };
}

async function documentOf(functions: Deployment): Promise<Document> {
  const { status, headers, body } = await functions.send({ method: 'GET', path: '/seldon.json' });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  return JSON.parse(body as string);
}

describe.each<[string, Record<string, string>]>([
  ['a shipped model', IRIS],
  ['metadata of Seldon kinds', metaZoo('v1')],
  ['metadata of named tensors', metaZoo('v2')],
  ['metadata of many kinds', metaZoo('mixed')],
  ['metadata with every datatype', metaZoo('tensor_all_datatypes')],
  ['metadata with a port that says nothing', metaZoo('tensor_partial')],
  ['metadata of a kind that nobody knows', metaZoo('custom_type')],
  ['metadata that is not valid', metaZoo('bad_datatype')],
  ['no metadata and no methods', { MODEL_NAME: 'NoMethods' }],
  ['a model that cannot be constructed', { MODEL_NAME: 'InitCrash' }],
  ['keys that an object inherits', { MODEL_NAME: 'Identity', MODEL_METADATA: hostileMetadata() }],
  ['payloads that pass through', { MODEL_NAME: 'Identity', PAYLOAD_PASSTHROUGH: 'true' }],
])('the document for %s', (_name, environment) => {
  let document: Document;
  beforeAll(async () => {
    document = await documentOf(deploy(environment));
  });

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  test('refers to what it has, and has nothing that it does not refer to', () => {
    const refs = new Set(nodesOf(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : [])));
    for (const ref of refs) {
      expect(resolve(document, { $ref: ref }), ref).toBeTypeOf('object');
    }
    const components = Object.entries(document.components).flatMap(([section, members]) =>
      Object.keys(members).map((name) => `#/components/${section}/${name}`),
    );
    expect(components.filter((ref) => !refs.has(ref))).toEqual([]);
  });

  test('names each operation once, in a group that it describes', () => {
    const operations = operationsOf(document).map(({ operation }) => operation);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
    const groups = new Set(operations.flatMap(({ tags }) => tags));
    expect([...groups].sort()).toEqual(document.tags.map(({ name }) => name).sort());
  });

  test('has examples that its own schemas allow, and no key that means something to JavaScript', () => {
    const validate = validatorOf(document);
    for (const { schema, example } of examplesOf(document)) {
      expect(validate(schema, example), JSON.stringify(example)).toEqual([]);
    }
    const keys = nodesOf(document).flatMap((node) => Object.keys(node));
    expect(keys.filter((key) => ['__proto__', 'prototype', '$id', '$schema'].includes(key))).toEqual([]);
  });
});

function hostileMetadata(): string {
  return (
    '{"name": "constructor", "custom": {"__proto__": "x", "toString": "y"}, "inputs": ' +
    '[{"messagetype": "toString", "schema": {"__proto__": 1}}], "outputs": [{"messagetype": "__proto__"}]}'
  );
}

describe('the paths', () => {
  test('are those of serverless.yml', async () => {
    const { paths } = await documentOf(deploy({ MODEL_NAME: 'NoMethods' }));
    expect(Object.keys(paths).sort()).toEqual(
      [...functionOfPath.keys()].filter((path) => path !== '*').sort(),
    );
  });

  test('have the methods that their functions answer', async () => {
    const functions = deploy({ MODEL_NAME: 'NoMethods' });
    for (const [path, item] of Object.entries((await documentOf(functions)).paths)) {
      const { headers } = await functions.send({ method: 'OPTIONS', path });
      const answered = headers.allow
        ?.split(', ')
        .filter((method) => method !== 'OPTIONS' && method !== 'HEAD');
      expect(methodsOf(item), path).toEqual(answered?.map((method) => method.toLowerCase()));
      for (const method of ['get', 'post', 'put']) {
        const { status } = await functions.send({ method: method.toUpperCase(), path });
        expect(status === 405, `${method} ${path}: ${status}`).toBe(!(method in item));
        if (status === 405 && method !== 'put') {
          expect(operationsAt(item)[0]?.responses).toHaveProperty('405');
        }
      }
    }
  });
});

describe('the examples', () => {
  test('are answered 200 on every path, by every method, in every form, as the document says', async () => {
    const functions = deploy({ MODEL_NAME: 'ClientAll' });
    const document = await documentOf(functions);
    const validate = validatorOf(document);
    const sent = new Map<string, number>();
    for (const { path, method, operation } of operationsOf(document)) {
      for (const { name, request } of requestsOf(document, path, method, operation)) {
        const { status, headers, body } = await functions.send(request);
        const summary = `${method} ${path} ${name}: ${status} ${body}`;
        expect(status, summary).toBe(200);
        expect(headers['seldon-puid'], summary).toBeDefined();
        const { type, schema } = responseSchema(document, operation, '200');
        expect(headers['content-type']?.split(';', 1)[0], summary).toBe(type);
        const answer = type === 'application/json' ? JSON.parse(body as string) : body;
        expect(validate(schema, answer), summary).toEqual([]);
        const form = name.split(' ', 1)[0] as string;
        sent.set(form, (sent.get(form) ?? 0) + 1);
      }
    }
    expect([...sent.keys()].sort()).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'none',
      'query',
    ]);
  });

  test('show every kind of payload in every form of a message', async () => {
    const document = await documentOf(deploy({ MODEL_NAME: 'Identity' }));
    const [get, post] = operationsAt(document.paths['/predict']) as [Operation, Operation];
    const forms = [
      ...requestsOf(document, '/predict', 'get', get),
      ...requestsOf(document, '/predict', 'post', post),
    ].map(({ name }) => name);
    for (const form of [
      'query',
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ]) {
      for (const kind of ['ndarray', 'tensor', 'tftensor', 'jsonData', 'strData', 'binData']) {
        expect(forms).toContain(`${form} ${kind}`);
      }
    }
  });

  test('reach the model as the same message in every form', async () => {
    const functions = deploy({ MODEL_NAME: 'Inspect' });
    const document = await documentOf(functions);
    const answers = new Map<string, unknown>();
    for (const { path, method, operation } of operationsOf(document)) {
      if (path !== '/predict') {
        continue;
      }
      for (const { name, request } of requestsOf(document, path, method, operation)) {
        const kind = name.split(' ')[1] as string;
        const { jsonData } = JSON.parse((await functions.send(request)).body as string);
        if (answers.has(kind)) {
          expect(jsonData, name).toEqual(answers.get(kind));
        }
        answers.set(kind, jsonData);
      }
    }
    expect(answers.get('binData')).toMatchObject({ X: { kind: 'bytes', length: 6 } });
    expect(answers.get('strData')).toMatchObject({ X: { kind: 'string', value: 'a text' } });
    expect(answers.get('tensor')).toMatchObject({ X: { shape: [1, 2] }, names: { value: ['a', 'b'] } });
  });

  test('of arrays are what the iris model takes', async () => {
    const functions = deploy(IRIS);
    const document = await documentOf(functions);
    for (const kind of ['ndarray', 'tensor', 'tftensor']) {
      const { value } = document.components.examples[`SeldonMessage.${kind}`] as { value: Json };
      const { status, body } = await functions.send(post('/predict', value));
      expect(status, body as string).toBe(200);
    }
  });

  test.each([
    ['ndarray', { ndarray: [[1, 2, 3, 4]] }],
    ['tensor', { tensor: { shape: [1, 4], values: [1, 2, 3, 4] } }],
    [
      'tftensor',
      {
        tftensor: {
          dtype: 'DT_DOUBLE',
          tensorShape: { dim: [{ size: '1' }, { size: '4' }] },
          doubleVal: [1, 2, 3, 4],
        },
      },
    ],
  ])('have the columns and names of the model: %s', async (kind, array) => {
    const document = await documentOf(deploy(metaZoo('v1')));
    const names = ['a', 'b', 'c', 'd'];
    expect(document.components.examples[`SeldonMessage.${kind}`]).toEqual({
      value: { data: { names, ...array } },
    });
  });

  test('begin with the kind that the model asks for', async () => {
    const { components } = await documentOf(deploy(metaZoo('v1')));
    expect(Object.keys(components.examples ?? {})[0]).toBe('SeldonMessage.tensor');
    expect(components.responses.Answer).toMatchObject({
      content: {
        'application/json': {
          example: { data: { names: ['t:0'], tensor: { shape: [1, 1], values: [1] } }, meta: {} },
        },
      },
    });
  });

  test.each<[string, string, Json, unknown]>([
    ['one row of the shape', 'ndarray', { shape: [3] }, [[1, 2, 3]]],
    ['one row of as many columns as names', 'ndarray', { names: ['a', 'b'] }, [[1, 2]]],
    ['an open first axis as one row', 'ndarray', { shape: [-1, 2] }, [[1, 2]]],
    [
      'an open axis as long as there are names',
      'ndarray',
      { shape: [-1], names: ['a', 'b', 'c'] },
      [[1, 2, 3]],
    ],
    ['a first axis of one as one row', 'ndarray', { shape: [1, 2] }, [[1, 2]]],
    [
      'all axes of a row',
      'tensor',
      { shape: [2, 2] },
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
    ['something short for a model of many columns', 'ndarray', { shape: [784] }, [[1, 2]]],
    ['something for a schema that says nothing', 'ndarray', {}, [[1, 2]]],
    ['something for a shape of nothing', 'ndarray', { shape: [] }, [[1, 2]]],
  ])('show %s', async (_what, messagetype, schema, ndarray) => {
    const metadata = { inputs: [{ messagetype, schema }] };
    const functions = deploy({ MODEL_NAME: 'Identity', MODEL_METADATA: JSON.stringify(metadata) });
    const { components } = await documentOf(functions);
    const { value } = components.examples['SeldonMessage.ndarray'] as { value: { data: Json } };
    expect(value.data.ndarray).toEqual(ndarray);
    expect((await functions.send(post('/predict', value))).status).toBe(200);
  });

  test.each([
    ['BYTES', [2], ['text 1', 'text 2'], { dtype: 'DT_STRING' }],
    ['BOOL', [-1, 2], [[true, false]], { dtype: 'DT_BOOL' }],
    ['FP32', [-1, 3], [[1, 2, 3]], { dtype: 'DT_DOUBLE' }],
    ['INT64', [], [[1, 2]], { dtype: 'DT_DOUBLE' }],
  ])('have elements of datatype %s', async (datatype, shape, ndarray, tftensor) => {
    const metadata = { inputs: [{ name: 'x', datatype, shape }] };
    const functions = deploy({ MODEL_NAME: 'Identity', MODEL_METADATA: JSON.stringify(metadata) });
    const { components } = await documentOf(functions);
    const exampleOf = (kind: string) =>
      (components.examples[`SeldonMessage.${kind}`] as { value: { data: Json } }).value;
    expect(exampleOf('ndarray').data.ndarray).toEqual(ndarray);
    expect(exampleOf('tftensor').data.tftensor).toMatchObject(tftensor);
    // A model that answers something of its own: bytes, as DT_STRING holds them, cannot go back as an array.
    const constant = deploy({ MODEL_NAME: 'Constant' });
    for (const kind of ['ndarray', 'tensor', 'tftensor']) {
      expect((await constant.send(post('/predict', exampleOf(kind)))).status).toBe(200);
    }
  });

  test('of a feedback tell the branch of this unit', async () => {
    const functions = deploy({ MODEL_NAME: 'Inspect', PREDICTIVE_UNIT_ID: 'my-unit' });
    const { components } = await documentOf(functions);
    const { value } = components.examples['Feedback.tensor'] as { value: Json };
    const { body } = await functions.send(post('/send-feedback', value));
    expect(JSON.parse(body as string).jsonData).toMatchObject({
      routing: { value: 0 },
      reward: { value: 1 },
      features: { shape: [1, 2] },
      truth: { shape: [1, 2] },
    });
  });
});

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

describe("the model's part", () => {
  test('is its name, its version, and what it takes and gives', async () => {
    const { info } = await documentOf(deploy(IRIS));
    expect(info).toMatchObject({
      title: 'iris',
      version: '1.0.0',
      'x-custom': { algorithm: 'multinomial logistic regression', dataset: 'iris', unit: 'cm' },
    });
    expect(info.description).toContain('Platform: seldon-lambda');
    expect(info.description).toMatch(/Inputs:\n\n- ndarray, shape `\[4\]`, names `\["sepal length \(cm\)",/);
    expect(info.description).toMatch(/Outputs:\n\n- ndarray, shape `\[3\]`, names `\["setosa",/);
  });

  test('describes every kind of input and output', async () => {
    const { info } = await documentOf(deploy(metaZoo('mixed')));
    expect(info.description).toContain('\n- ndarray, names `["a"]`\n- x, INT64, shape `[]`');
    expect(info.description).toContain(
      '\n- jsonData, type `"object"`, properties `{"a":{"type":"string"}}`\n- strData\n',
    );
    const partial = await documentOf(deploy(metaZoo('tensor_partial')));
    expect(partial.info.description).toContain('Inputs:\n\n- only-name\n- anything');
  });

  test('is named after the model where metadata has no name', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'NoMethods' }));
    expect(info).toMatchObject({ title: 'NoMethods', version: 'unknown' });
    expect(info).not.toHaveProperty('x-custom');
  });

  test.each<[string, Record<string, string>, string]>([
    ['cannot be constructed', { MODEL_NAME: 'InitCrash' }, 'cannot construct'],
    ['is not there', { MODEL_NAME: 'Nowhere' }, 'there is no model file Nowhere'],
    ['fails to describe itself', { MODEL_NAME: 'MetaRaises' }, 'cannot read metadata'],
    ['describes itself wrongly', metaZoo('bad_datatype'), 'Model metadata unavailable: inputs[0]'],
    ['is described wrongly', { MODEL_NAME: 'Identity', MODEL_METADATA: '5' }, 'expected a mapping'],
  ])('is left out, with the reason, when the model %s', async (_what, environment, reason) => {
    const { info, components } = await documentOf(deploy(environment));
    expect(info).toMatchObject({ title: environment.MODEL_NAME, version: 'unknown' });
    expect(info.description).toContain('missing here');
    expect(info.description).toContain(reason);
    expect(info.description).not.toMatch(/\n\s+at /);
    expect(components.examples).toHaveProperty(['SeldonMessage.ndarray']);
  });

  test('says no more about an internal error than the functions do', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'InitCrash', HIDE_INTERNAL_ERRORS: 'true' }));
    expect(info.description).toContain('internal error; the log has more');
    expect(info.description).not.toContain('cannot construct');
  });

  test('is there again when the model is', async () => {
    const functions = deploy({ MODEL_NAME: 'Identity', MODEL_METADATA: 'name: again' });
    expect((await documentOf(functions)).info.title).toBe('again');
    expect((await documentOf(functions)).info.title).toBe('again');
  });

  test('says that payloads pass through', async () => {
    const { info } = await documentOf(deploy({ MODEL_NAME: 'Identity', PAYLOAD_PASSTHROUGH: 'true' }));
    expect(info.description).toContain('PAYLOAD_PASSTHROUGH');
  });
});

describe('the server', () => {
  const functions = () => deploy({ MODEL_NAME: 'NoMethods' });
  const urlOf = (result: unknown) => (JSON.parse(readResult(result).body as string) as Document).servers;
  const withPath = (path: string) => ({ ...customDomainEvent, httpMethod: 'GET', body: null, path });

  test.each([
    ['/seldon.json', '/'],
    ['/iris/seldon.json', '/iris'],
    ['/models/v1.0/my%20model/seldon.json', '/models/v1.0/my%20model'],
    ['/', '/'],
    // Another host, or a variable of the URL: never of the caller's choice.
    ['//evil.example/seldon.json', '/'],
    ['/\\evil.example/seldon.json', '/'],
    ['/\t/evil.example/seldon.json', '/'],
    ['/x//evil.example/seldon.json', '/'],
    ['/{host}/seldon.json', '/'],
    ['/\u{1f600}\ud800/seldon.json', '/'],
  ])('of %j is %s', async (path, url) => {
    expect(urlOf(await functions().invoke('openapi', withPath(path)))).toEqual([{ url }]);
  });

  test('behind a stage is the stage, and of a direct invocation /', async () => {
    const http = { ...stageEvent.requestContext.http, method: 'GET', path: '/dev/seldon.json' };
    const requestContext = { ...stageEvent.requestContext, http };
    const event = { ...stageEvent, rawPath: '/dev/seldon.json', requestContext };
    expect(urlOf(await functions().invoke('openapi', event))).toEqual([{ url: '/dev' }]);
    const rest = {
      ...restEvent,
      httpMethod: 'GET',
      path: '/seldon.json',
      requestContext: { ...restEvent.requestContext, path: '/prod/seldon.json' },
    };
    expect(urlOf(await functions().invoke('openapi', rest))).toEqual([{ url: '/prod' }]);
    expect(await functions().invoke('openapi', {})).toMatchObject({ servers: [{ url: '/' }] });
  });
});

function post(path: string, json: unknown): TestRequest {
  return { method: 'POST', path, body: JSON.stringify(json) };
}

/** Every object in `value`, itself included. */
function nodesOf(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const inner = Object.values(value).flatMap(nodesOf);
  return Array.isArray(value) ? inner : [value as Json, ...inner];
}

/** `node`, or what it refers to. */
function resolve(document: Document, node: Json): Json {
  if (typeof node.$ref !== 'string') {
    return node;
  }
  const keys = node.$ref.replace(/^#\//, '').split('/');
  return keys.reduce<Json>(
    (at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')] as Json,
    document,
  );
}

function methodsOf(item: Json): string[] {
  return METHODS.filter((method) => method in item);
}

function operationsAt(item: Document['paths'][string]): Operation[] {
  return methodsOf(item).map((method) => item[method] as Operation);
}

function operationsOf({ paths }: Document): { path: string; method: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methodsOf(item).map((method) => ({ path, method, operation: item[method] as Operation })),
  );
}

/** What is wrong with a value by a schema of the document. */
function validatorOf(document: Document): (schema: Json, value: unknown) => unknown[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: 'document', components: document.components });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    return validate(value) ? [] : (validate.errors ?? []);
  };
}

/** Every example of the document beside its schema. */
function examplesOf(document: Document): { schema: Json; example: unknown }[] {
  const mediaTypes = nodesOf(document).filter(
    (node) => typeof node.schema === 'object' && (node.examples !== undefined || node.example !== undefined),
  ) as unknown as MediaType[];
  return mediaTypes.flatMap(({ schema, example, examples = {} }) => [
    ...(example === undefined ? [] : [{ schema, example }]),
    ...Object.values(examples).map((each) => ({ schema, example: resolve(document, each).value })),
  ]);
}

function mediaTypesOf(document: Document, { requestBody }: Operation): Record<string, MediaType> {
  if (requestBody === undefined) {
    return {};
  }
  return resolve(document, requestBody).content as Record<string, MediaType>;
}

/** The media type of a status, and the names of its headers. */
function responseSchema(document: Document, { responses }: Operation, status: string) {
  const response = resolve(document, (responses[status] ?? responses.default) as Json);
  const [[type, { schema }]] = Object.entries(response.content as Record<string, MediaType>) as [
    [string, MediaType],
  ];
  return { type, schema, headers: Object.keys(response.headers as Json) };
}

/** A request for each example of an operation, made as its media type says. */
function requestsOf(
  document: Document,
  path: string,
  method: string,
  operation: Operation,
): { name: string; request: TestRequest }[] {
  const verb = method.toUpperCase();
  const [query] = (operation.parameters ?? [])
    .map((parameter) => resolve(document, parameter))
    .filter((parameter) => parameter.in === 'query');
  const contents: [string, MediaType][] =
    query === undefined
      ? Object.entries(mediaTypesOf(document, operation))
      : [['query', (query.content as Record<string, MediaType>)['application/json'] as MediaType]];
  if (contents.length === 0) {
    return [{ name: 'none', request: { method: verb, path } }];
  }
  return contents.flatMap(([form, mediaType]) =>
    Object.entries(mediaType.examples ?? {}).map(([name, example]) => {
      const { value } = resolve(document, example);
      const request =
        form === 'query'
          ? { path: `${path}?${query?.name}=${encodeURIComponent(JSON.stringify(value))}` }
          : { path, ...toBody(form, mediaType, value as Json) };
      return { name: `${form} ${name}`, request: { method: verb, ...request } };
    }),
  );
}

function toBody(
  form: string,
  { encoding = {} }: MediaType,
  value: Json,
): Pick<TestRequest, 'headers' | 'body'> {
  if (form === 'application/json') {
    return { headers: { 'content-type': form }, body: JSON.stringify(value) };
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const { contentType } = encoding[name] as { contentType: string };
    return {
      name,
      contentType,
      text: contentType === 'application/json' ? JSON.stringify(field) : `${field}`,
    };
  });
  if (form === 'application/x-www-form-urlencoded') {
    const pairs = fields.map(({ name, text }): [string, string] => [name, text]);
    return { headers: { 'content-type': form }, body: `${new URLSearchParams(pairs)}` };
  }
  const parts = fields.map(({ name, contentType, text }) => {
    const file = contentType === 'application/octet-stream' ? '; filename="file"' : '';
    const disposition = `Content-Disposition: form-data; name="${name}"${file}`;
    return `--xyz\r\n${disposition}\r\nContent-Type: ${contentType}\r\n\r\n${text}\r\n`;
  });
  return { headers: { 'content-type': `${form}; boundary=xyz` }, body: `${parts.join('')}--xyz--\r\n` };
}
