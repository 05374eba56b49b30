import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { elementsOf, inferBinary } from '../../support/binary-tensors.ts';
import type { Deployment } from '../../support/functions.ts';
import { callV2, deployV2, infer, type JsonTensor } from '../../support/open-inference.ts';

afterAll(() => vi.unstubAllEnvs());

const AGE = { name: 'age', shape: [2], datatype: 'INT64', data: [30, 40] };
const CITY = { name: 'city', shape: [2, 1], datatype: 'BYTES', data: ['Rome', 'Oslo'] };
const HEIGHT = { name: 'height', shape: [2], datatype: 'FP32', data: [1.5, null] };

async function seen(
  inputs: readonly JsonTensor[],
  rest: Readonly<Record<string, unknown>> = {},
  metadata: object = {},
) {
  const functions = deployV2('Seen', { MODEL_METADATA: JSON.stringify(metadata) });
  const { status, json, text } = await infer(functions, inputs, { model: 'Seen', ...rest });
  return status === 200 ? JSON.parse(json.outputs[0].data[0]) : { status, error: json?.error ?? text };
}

describe('several tensors', () => {
  test('are arrays by name, in the order of the request', async () => {
    const { X, names } = await seen([HEIGHT, AGE, CITY]);
    expect(Object.keys(X)).toEqual(['height', 'age', 'city']);
    expect(X).toEqual({
      height: { dtype: 'float32', shape: [2], elements: [1.5, null] },
      age: { dtype: 'int64', shape: [2], elements: ['30n', '40n'] },
      city: { dtype: 'string', shape: [2, 1], elements: ['Rome', 'Oslo'] },
    });
    expect(names).toEqual(['height', 'age', 'city']);
  });

  test('may have names that mean something to JavaScript', async () => {
    const functions = deployV2('Echo');
    const inputs = ['__proto__', 'constructor'].map((name) => ({
      name,
      shape: [1],
      datatype: 'FP32',
      data: [1],
    }));
    const { json } = await infer(functions, inputs, { model: 'Echo' });
    expect(json.outputs.map(({ name }: { name: string }) => name)).toEqual(['__proto__', 'constructor']);
  });

  test('are columns with the content type pd', async () => {
    const { X, names } = await seen([AGE, CITY], { parameters: { content_type: 'pd' } });
    expect(X).toEqual({ dtype: 'object', shape: [2, 2], elements: ['30n', 'Rome', '40n', 'Oslo'] });
    expect(names).toEqual(['age', 'city']);
    const numbers = await seen([AGE, HEIGHT], { parameters: { content_type: 'pd' } });
    expect(numbers.X).toEqual({ dtype: 'float64', shape: [2, 2], elements: [30, 1.5, 40, null] });
    const one = await seen([AGE], { parameters: { content_type: 'pd' } });
    expect([one.X.shape, one.names]).toEqual([[2, 1], ['age']]);
  });

  test('are columns where the metadata has their names, in its order', async () => {
    const inputs = [{ messagetype: 'ndarray', schema: { names: ['height', 'age'] } }];
    const { X, names } = await seen([AGE, HEIGHT], {}, { inputs });
    expect(X).toEqual({ dtype: 'float64', shape: [2, 2], elements: [1.5, 30, null, 40] });
    expect(names).toEqual(['height', 'age']);
    expect(Object.keys((await seen([AGE, CITY], {}, { inputs })).X)).toEqual(['age', 'city']);
  });

  test.each([
    [
      [AGE, { ...HEIGHT, shape: [1, 2] }],
      'inputs[1]: expected a column of shape (rows) or (rows,1), got (1,2)',
    ],
    [
      [AGE, { ...HEIGHT, shape: [1], data: [1] }],
      'inputs[1]: expected 2 rows, as in the first column, got 1',
    ],
  ])('that are no columns are refused: %#', async (inputs, error) => {
    expect(await seen(inputs, { parameters: { content_type: 'pd' } })).toEqual({ status: 400, error });
  });

  test('integers beyond 2^53 keep their digits in a column', async () => {
    const body =
      '{"parameters":{"content_type":"pd"},"inputs":[{"name":"a","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}';
    const { json } = await callV2(deployV2('Seen'), '/v2/models/Seen/infer', { body });
    expect(JSON.parse(json.outputs[0].data[0]).X.elements).toEqual(['9007199254740993n']);
  });
});

describe('BYTES', () => {
  const one = { name: 's', shape: [1], datatype: 'BYTES', data: ['AAH/'] };
  const typed = (content_type: string) => ({ ...one, parameters: { content_type } });

  test.each([
    ['no content type', one, {}, { dtype: 'string', shape: [1], elements: ['AAH/'] }],
    ['an unknown one', typed('zip'), {}, { dtype: 'string', shape: [1], elements: ['AAH/'] }],
    ['base64', typed('base64'), {}, { dtype: 'object', shape: [1], elements: [[0, 1, 255]] }],
    ['that of the request', one, { parameters: { content_type: 'base64' } }, { elements: [[0, 1, 255]] }],
    [
      'datetime',
      { ...typed('datetime'), data: ['2024-02-29'] },
      {},
      { dtype: 'string', elements: ['2024-02-29'] },
    ],
  ])('with %s', async (_name, input, rest, expected) => {
    expect((await seen([input], rest)).X).toMatchObject(expected);
  });

  test.each([
    ['strData', one, { value: 'AAH/' }],
    ['binData', one, { bytes: [0, 1, 255] }],
    ['jsonData', { ...one, data: ['{"a":1}'] }, { value: { a: 1 } }],
  ])('of one element, where the metadata says %s', async (messagetype, input, X) => {
    expect(await seen([input], {}, { inputs: [{ messagetype }] })).toMatchObject({ X, names: [] });
  });

  test.each(['json', 'pd_json', 'hg_json', 'hg_jsonlist'])('with %s', async (type) => {
    const { X } = await seen([{ ...typed(type), data: ['{"a":[1]}'] }]);
    expect(X).toEqual({ dtype: 'object', shape: [1], elements: [{ a: [1] }] });
  });

  test.each<[string, JsonTensor, unknown]>([
    ['its own', typed('str'), ['AAH/']],
    ['that of the metadata', one, [[0, 1, 255]]],
    ['another input is said to be', { ...one, name: 't' }, ['AAH/']],
  ])('with the content type that an input of the metadata has: %s', async (_name, input, elements) => {
    const metadata = {
      inputs: [{ name: 's', datatype: 'BYTES', shape: [-1], parameters: { content_type: 'base64' } }],
    };
    expect((await seen([input], {}, metadata)).X.elements).toEqual(elements);
    const column = await seen([input], { parameters: { content_type: 'pd' } }, metadata);
    expect(column.X.elements).toEqual(elements);
  });

  test.each([
    ['inputs[0].parameters', { inputs: [{ ...one, parameters: { content_type: 5 } }] }],
    ['parameters', { inputs: [one], parameters: { content_type: ['pd'] } }],
  ])('with a content type that is no text, in %s', async (place, body) => {
    const { status, json } = await callV2(deployV2('Seen'), '/v2/models/Seen/infer', { body });
    expect([status, json.error]).toEqual([
      400,
      expect.stringContaining(`${place}.content_type: expected a text, got`),
    ]);
  });

  test.each([
    ['AAH', [0, 1]],
    ['A', 'inputs[0].data[0]: expected base64, as the content type says'],
  ])('of base64 %s', async (text, expected) => {
    const { X, error } = await seen([{ ...typed('base64'), data: [text] }]);
    expect(error ?? X.elements[0]).toEqual(expected);
  });

  test('that are no JSON where they should be', async () => {
    expect(await seen([{ ...typed('json'), data: ['{'] }])).toMatchObject({
      status: 400,
      error: 'inputs[0].data[0]: expected JSON, got "{"',
    });
  });

  test('as bytes mean the same as in JSON', async () => {
    const functions = deployV2('Seen', { MODEL_METADATA: '{"inputs":[{"messagetype":"binData"}]}' });
    const bytes = elementsOf(Uint8Array.of(0, 1, 255));
    const { json } = await inferBinary(functions, [{ name: 's', shape: [1], datatype: 'BYTES', bytes }], {
      model: 'Seen',
    });
    expect(JSON.parse(json.outputs[0].data[0]).X).toEqual({ bytes: [0, 1, 255] });
  });

  test.each([
    ['str', 'AAH/', 'AAH/'],
    ['json', '{"a":1}', '{"a":1}'],
    ['base64', 'w6k=', 'é'],
  ])('a class that takes texts only gets a text, whatever the content type: %s', async (type, data, X) => {
    const metadata = { inputs: [{ messagetype: 'strData' }] };
    expect((await seen([{ ...typed(type), data: [data] }], {}, metadata)).X).toEqual({ value: X });
    const functions = deployV2('StrData');
    const { json } = await infer(functions, [{ ...typed(type), data: [data] }], { model: 'StrData' });
    expect(json.outputs[0].data).toEqual([`string ${X}`]);
  });

  test('base64 that is no text is none for a class that takes texts only', async () => {
    const { status, json } = await infer(deployV2('StrData'), [{ ...typed('base64'), data: ['/w=='] }], {
      model: 'StrData',
    });
    expect([status, json.error]).toEqual([
      400,
      expect.stringContaining('inputs[0].data[0]: the bytes are not'),
    ]);
  });

  test('a class that takes texts and JSON only gets what MLServer calls JSON', async () => {
    const functions = deployV2('TextOrJson');
    const send = (input: JsonTensor) => infer(functions, [input], { model: 'TextOrJson' });
    const [found] = (await send({ ...typed('hg_json'), data: ['{"a":[1]}'] })).json.outputs;
    expect(found.data).toEqual(['{"a":[1]}, an object']);
    expect((await send({ ...one, data: ['{}'] })).json.outputs[0].data).toEqual(['{}, a string']);
  });

  test('a class that takes texts and bytes only gets these, and no arrays', async () => {
    const functions = deployV2('TextOnly');
    const send = (input: JsonTensor) => infer(functions, [input], { model: 'TextOnly' });
    expect((await send({ ...one, data: ['a'] })).json.outputs[0].data).toEqual(['A']);
    expect((await send(typed('base64'))).json.outputs[0]).toMatchObject({
      data: ['/wEA'],
      parameters: { content_type: 'base64' },
    });
    const { status, json } = await send(AGE);
    expect([status, json.error]).toEqual([
      400,
      'inputs: expected one BYTES of shape (1), content type str or base64; got INT64 of shape (2)',
    ]);
  });
});

describe('classification', () => {
  const ask = (data: readonly unknown[], k: unknown, shape: readonly number[] = [2, 3], name = 'scores') =>
    infer(deployV2('Scores'), [{ name: 'x', shape, datatype: 'FP32', data }], {
      model: 'Scores',
      outputs: [{ name, parameters: { classification: k } }],
    });

  test('answers the highest values with their places and names', async () => {
    const { json } = await ask([0.1, 0.7, 0.2, 1, 1, null], 2);
    expect(json.outputs).toEqual([
      {
        name: 'scores',
        shape: [2, 2],
        datatype: 'BYTES',
        data: ['0.7:1:middle', '0.2:2:high', '1:0:low', '1:1:middle'],
      },
    ]);
  });

  test('has no names where there is not one for each column, and no more than there are', async () => {
    expect((await ask([3, 1, 2, 4], 9, [4])).json.outputs[0]).toMatchObject({
      shape: [4],
      data: ['4:3', '3:0', '2:2', '1:1'],
    });
    expect((await ask([], 1, [0, 3])).json.outputs[0]).toMatchObject({ shape: [0, 0], data: [] });
  });

  test.each([1, 7, 900, 3000])('of a long row, the first %i are those of the row in order', async (k) => {
    const row = (start: number) =>
      Array.from({ length: 3000 }, (_, i) => (i % 500 === 3 ? null : ((start + i) * 7919) % 251));
    const rows = [row(0), row(5), Array(3000).fill(1)];
    const { json } = await ask(rows.flat(), k, [3, 3000]);
    const expected = rows.flatMap((values) =>
      values
        .map((value, column) => ({ value, column }))
        .sort((a, b) => (b.value ?? -1) - (a.value ?? -1) || a.column - b.column)
        .slice(0, k)
        .map(({ value, column }) => `${value ?? 'NaN'}:${column}`),
    );
    expect(json.outputs[0]).toEqual({ name: 'scores', shape: [3, k], datatype: 'BYTES', data: expected });
  });

  test('is refused where the outputs have more together than an answer has', async () => {
    const data = new Uint8Array(600_000);
    const inputs = ['a', 'b'].map((name) => ({ name, shape: [600_000], datatype: 'UINT8', bytes: data }));
    const outputs = ['a', 'b'].map((name) => ({ name, parameters: { classification: 600_000 } }));
    const { status, json } = await inferBinary(deployV2('Echo'), inputs, { model: 'Echo', outputs });
    expect([status, json]).toEqual([
      413,
      {
        error: '600000 classes of "b" are asked for; an answer has at most 1048576, all outputs together',
        reason: 'MICROSERVICE_PAYLOAD_TOO_LARGE',
      },
    ]);
  });

  test.each([0, -1, 1.5, '2'])('of %j classes is refused', async (k) => {
    const { status, json } = await ask([1, 2, 3, 4, 5, 6], k);
    expect([status, json.error]).toEqual([
      400,
      `outputs[0].parameters.classification: expected a number of classes, 1 or more, got ${JSON.stringify(k)}`,
    ]);
  });

  test('of texts is refused', async () => {
    const { status, json } = await ask([1, 2, 3, 4, 5, 6], 1, [2, 3], 'words');
    expect([status, json.error]).toEqual([
      400,
      'outputs: expected numbers for the classification of "words", got BYTES',
    ]);
  });
});

describe('units of a graph', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Branches', { PREDICTIVE_UNIT_ID: 'eg-router' });
  });
  const answer = (data: readonly number[]) => ({
    model_name: 'child',
    outputs: [{ name: 'output-0', shape: [data.length], datatype: 'INT32', data }],
  });

  test('a router answers a list with its branch', async () => {
    const body = { inputs: [{ name: 'x', shape: [1], datatype: 'INT8', data: [1] }] };
    const { status, text } = await callV2(functions, '/v2/models/eg-router/route', { body });
    expect([status, text]).toEqual([200, '[1]']);
  });

  test('a combiner takes a list of answers', async () => {
    const body = [{ ...answer([1, 2]), id: '7' }, answer([3])];
    const { json } = await callV2(functions, '/v2/models/eg-router/aggregate', { body });
    expect(json).toMatchObject({
      model_name: 'eg-router',
      id: '7',
      outputs: [{ datatype: 'FP64', data: [1, 2, 3] }],
    });
  });

  test.each<[unknown, string]>([
    [{}, 'the request: expected a list of answers, got {}'],
    [[], 'the request: expected at least one answer, got []'],
    [[answer([1]), 1], '[1]: expected an object with outputs, got 1'],
    [[answer([1]), { outputs: [] }], '[1].outputs: expected a list of tensors, got []'],
    [
      [{ outputs: [{ ...answer([1]).outputs[0], data: ['a'] }] }],
      '[0].outputs[0].data[0]: expected a whole number',
    ],
  ])('%j is refused', async (body, error) => {
    const { status, json } = await callV2(functions, '/v2/models/eg-router/aggregate', { body });
    expect([status, json.reason]).toEqual([400, 'MICROSERVICE_BAD_DATA']);
    expect(json.error).toContain(error);
  });

  test('a model without these methods is 400', async () => {
    const echo = deployV2('Echo');
    const body = { inputs: [{ name: 'x', shape: [1], datatype: 'INT8', data: [1] }] };
    const route = await callV2(echo, '/v2/models/Echo/route', { body });
    expect([route.status, route.json]).toEqual([
      400,
      { error: 'Route not defined', reason: 'MICROSERVICE_BAD_DATA' },
    ]);
  });
});
