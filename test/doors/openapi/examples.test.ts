import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../../support/functions.ts';
import {
  documentOf,
  filledPath,
  IRIS,
  type Json,
  metaZoo,
  type Operation,
  operationsAt,
  operationsOf,
  post,
  requestsOf,
  responseSchema,
  validatorOf,
} from '../../support/openapi.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the examples', () => {
  test('are answered 200 on every path, by every method, in every form, as the document says', async () => {
    const functions = deploy({ MODEL_NAME: 'ClientAll' });
    const document = await documentOf(functions);
    const validate = validatorOf(document);
    const sent = new Map<string, number>();
    for (const { path: template, method, operation } of operationsOf(document)) {
      const path = filledPath(document, template, operation);
      // A model without versions has no path with one, and some paths are there only to say no.
      if (path.includes('{version}') || !('200' in operation.responses)) {
        continue;
      }
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
