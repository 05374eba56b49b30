import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apiGatewayV1, apiGatewayV2, readResult } from '../../support/events.ts';
import type { Deployment } from '../../support/functions.ts';
import { callV2, deployV2, infer, type JsonTensor } from '../../support/open-inference.ts';

afterAll(() => vi.unstubAllEnvs());

const CONFORMANCE = fileURLToPath(new URL('../../models/conformance', import.meta.url));
const ONE = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] };

describe('what a model gets', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Seen');
  });

  async function seen(inputs: readonly JsonTensor[], rest: Readonly<Record<string, unknown>> = {}) {
    const { status, json, text } = await infer(functions, inputs, { model: 'Seen', ...rest });
    expect({ status, text }).toMatchObject({ status: 200 });
    return JSON.parse(json.outputs[0].data[0]);
  }

  test.each([
    ['BOOL', [true, false], 'bool', [true, false]],
    ['BOOL', [0, 1], 'bool', [false, true]],
    ['UINT8', [0, 255], 'uint8', [0, 255]],
    ['UINT16', [0, 65535], 'uint16', [0, 65535]],
    ['UINT32', [0, 4294967295], 'uint32', [0, 4294967295]],
    ['UINT64', [0, 5], 'uint64', ['0n', '5n']],
    ['INT8', [-128, 127], 'int8', [-128, 127]],
    ['INT16', [-32768, 32767], 'int16', [-32768, 32767]],
    ['INT32', [-2147483648, 2147483647], 'int32', [-2147483648, 2147483647]],
    ['INT64', [-1, 2 ** 40], 'int64', ['-1n', '1099511627776n']],
    ['FP16', [0.1, 65504], 'float16', [0.0999755859375, 65504]],
    ['BF16', [0.1, 1], 'bfloat16', [0.10009765625, 1]],
    ['FP32', [0.1, -2], 'float32', [Math.fround(0.1), -2]],
    ['FP64', [0.1, 1e300], 'float64', [0.1, 1e300]],
    ['FP64', [null, 'Infinity'], 'float64', [null, null]],
    ['BYTES', ['a', 'wörld'], 'string', ['a', 'wörld']],
  ])('%s %j is an array of %s', async (datatype, data, dtype, elements) => {
    const nested = [data];
    for (const each of [data, nested]) {
      const { X, names } = await seen([{ name: 'x', shape: [1, 2], datatype, data: each }]);
      expect({ X, names }).toEqual({ X: { dtype, shape: [1, 2], elements }, names: [] });
    }
  });

  test('64-bit integers have all their digits', async () => {
    const text = '[9007199254740993,-9223372036854775808,9223372036854775807]';
    const body = `{"inputs":[{"name":"x","shape":[3],"datatype":"INT64","data":${text}}]}`;
    const { json } = await callV2(functions, '/v2/models/Seen/infer', { body });
    const elements = ['9007199254740993n', '-9223372036854775808n', '9223372036854775807n'];
    expect(JSON.parse(json.outputs[0].data[0]).X).toEqual({ dtype: 'int64', shape: [3], elements });
  });

  test('null is as good as nothing', async () => {
    const x = { ...ONE, parameters: { binary_data_size: null } };
    expect((await seen([x], { id: null, parameters: null, outputs: null })).X.shape).toEqual([1, 2]);
  });

  test('one axis may be -1; a scalar has no axes; an axis may be empty', async () => {
    expect((await seen([{ ...ONE, shape: [-1, 1] }])).X.shape).toEqual([2, 1]);
    expect((await seen([{ ...ONE, shape: [], data: [7] }])).X.shape).toEqual([]);
    expect((await seen([{ ...ONE, shape: [0, 3], data: [] }])).X.shape).toEqual([0, 3]);
  });

  test('long lists are read as short ones are', async () => {
    const data = Array.from({ length: 3000 }, (_, index) => index / 8);
    for (const datatype of ['FP32', 'FP64']) {
      // The first long list of an instance is read in another way.
      for (const each of [
        data,
        data,
        Array.from({ length: 30 }, (_, row) => data.slice(row * 100, row * 100 + 100)),
      ]) {
        const { X } = await seen([{ name: 'x', shape: [30, 100], datatype, data: each }]);
        expect(X).toEqual({
          dtype: datatype === 'FP32' ? 'float32' : 'float64',
          shape: [30, 100],
          elements: data,
        });
      }
    }
  });

  test('the meta says what came beside the tensors', async () => {
    const { meta } = await seen([{ ...ONE, parameters: { unit: 'cm' } }], {
      id: '42',
      parameters: { deep: true, binary_data_output: false },
    });
    expect(meta).toEqual({
      puid: '42',
      parameters: { deep: true },
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], parameters: { unit: 'cm' } }],
      outputs: [],
    });
  });

  test.each([
    'application/json; charset=utf-8',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'text/plain',
    undefined,
  ])('the content type %s does not matter', async (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const text = JSON.stringify({ inputs: [ONE] });
    for (const body of [text, Buffer.from(text)]) {
      const { status } = await callV2(functions, '/v2/models/Seen/infer', { body, headers });
      expect(status).toBe(200);
    }
  });

  test('a direct invocation is known by its inputs', async () => {
    const answer = await functions.invoke('predict', { id: '7', inputs: [ONE] });
    expect(answer).toMatchObject({ model_name: 'Seen', id: '7', outputs: [{ name: 'output-0' }] });
    await expect(
      functions.invoke('predict', { inputs: [{ ...ONE, data: [1, 'a'] }, 2] }),
    ).rejects.toMatchObject({
      name: 'MICROSERVICE_BAD_DATA',
      message: expect.stringContaining('inputs[0].data[1]: expected a number'),
    });
  });
});

describe('what is refused', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Seen');
  });

  test.each<[unknown, string]>([
    ['', 'the body is empty; expected JSON'],
    ['{', 'the body is not JSON: the text ends after 1 characters; expected a name'],
    ['[1]', 'the request: expected an object with inputs, got [1]'],
    [{}, 'inputs: expected a list of tensors, got undefined'],
    [{ inputs: [] }, 'inputs: expected a list of tensors, got []'],
    [{ inputs: [ONE], id: 7 }, 'id: expected a text, got 7'],
    [{ inputs: [ONE], parameters: 1 }, 'parameters: expected an object, got 1'],
    [{ inputs: [ONE], outputs: {} }, 'outputs: expected a list of {name}, got {}'],
    [{ inputs: [ONE], outputs: [{}] }, 'outputs[0].name: expected a name, got undefined'],
    [{ inputs: [1] }, 'inputs[0]: expected an object {name, shape, datatype, data}, got 1'],
    [{ inputs: [ONE, ONE] }, 'inputs[1].name: expected a name of its own, got "x"'],
    [{ inputs: [{ ...ONE, name: undefined }] }, 'inputs[0].name: expected a name, got undefined'],
    [{ inputs: [{ ...ONE, datatype: 'fp32' }] }, 'inputs[0].datatype: expected one of BOOL, UINT8,'],
    [{ inputs: [{ ...ONE, datatype: 'constructor' }] }, 'inputs[0].datatype: expected one of BOOL, UINT8,'],
    [{ inputs: [{ ...ONE, shape: 2 }] }, 'inputs[0].shape: expected a list of axis lengths, got 2'],
    [
      { inputs: [{ ...ONE, shape: ['2'] }] },
      'inputs[0].shape[0]: expected a whole number of 0 or more, got "2"',
    ],
    [
      { inputs: [{ ...ONE, shape: [-1, -1] }] },
      'inputs[0].shape[1]: expected a whole number of 0 or more, got -1',
    ],
    [
      { inputs: [{ ...ONE, shape: [-1, 0] }] },
      'inputs[0].data: expected 0 values for the shape (-1,0), got 2',
    ],
    [{ inputs: [{ ...ONE, shape: [0, -1], data: [] }] }, 'inputs[0].data: expected no -1 beside 0 in (0,-1)'],
    [{ inputs: [{ ...ONE, shape: Array(33).fill(1) }] }, 'inputs[0].shape: expected at most 32 axes, got 33'],
    [{ inputs: [{ ...ONE, shape: [2, 2] }] }, 'inputs[0].data: expected 4 values for the shape (2,2), got 2'],
    [{ inputs: [{ ...ONE, shape: [1e9, 1e9] }] }, 'inputs[0].data: expected 1000000000000000000 values'],
    [{ inputs: [{ ...ONE, data: undefined }] }, 'inputs[0]: expected data'],
    [
      { inputs: [{ ...ONE, data: null, parameters: { binary_data_size: null } }] },
      'inputs[0]: expected data, or parameters.binary_data_size, got none of them',
    ],
    [
      { inputs: [ONE], parameters: { binary_data_output: 'true' } },
      'parameters.binary_data_output: expected true or false, got "true"',
    ],
    [
      { inputs: [ONE], outputs: [{ name: 'output-0', parameters: { binary_data: 1 } }] },
      'outputs[0].parameters.binary_data: expected true or false, got 1',
    ],
    [
      { inputs: [ONE], outputs: [{ name: 'output-0', parameters: { classification: '1' } }] },
      'outputs[0].parameters.classification: expected a number of classes, 1 or more, got "1"',
    ],
    [{ inputs: [{ ...ONE, data: 5 }] }, 'inputs[0].data: expected a list of values, got 5'],
    [
      { inputs: [{ ...ONE, data: [[1], [2, 3]] }] },
      'inputs[0].data: expected a flat list, or nested lists of equal',
    ],
    [
      { inputs: [{ ...ONE, data: [1, 'a'] }] },
      'inputs[0].data[1]: expected a number that fits (FP32), or null',
    ],
    [
      { inputs: [{ ...ONE, data: [1, true] }] },
      'inputs[0].data[1]: expected a number that fits (FP32), or null',
    ],
    [{ inputs: [{ ...ONE, data: [1e300, 1] }] }, 'inputs[0].data[0]: expected a number that fits (FP32)'],
    [
      { inputs: [{ ...ONE, datatype: 'FP16', data: [70000, 1] }] },
      'inputs[0].data[0]: expected a number that fits',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'UINT8', data: [1, 300] }] },
      'inputs[0].data[1]: expected a whole number from 0 to 255 (UINT8), got 300',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'INT32', data: [1.7, 1] }] },
      'inputs[0].data[0]: expected a whole number from',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'INT32', data: [1, null] }] },
      'inputs[0].data[1]: expected a whole number from',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'INT64', data: [0.5, 1] }] },
      'inputs[0].data[0]: expected a whole number from',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'UINT64', data: [1, -1] }] },
      'inputs[0].data[1]: expected a whole number from 0',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'BOOL', data: ['false', true] }] },
      'inputs[0].data[0]: expected true or false',
    ],
    [
      { inputs: [{ ...ONE, datatype: 'BOOL', data: [2, 1] }] },
      'inputs[0].data[0]: expected true or false (BOOL), got 2',
    ],
    [{ inputs: [{ ...ONE, datatype: 'BYTES' }] }, 'inputs[0].data[0]: expected a text (BYTES), got 1'],
    [
      '{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[9223372036854775808]}]}',
      'inputs[0].data[0]: expected a whole number from -9223372036854775808 to 9223372036854775807 (INT64), got 9223372036854775808',
    ],
    [
      '{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[1e18]}]}',
      '(INT64), with all digits beyond 2^53, got 1000000000000000000',
    ],
  ])('%j', async (body, error) => {
    const { status, json, headers } = await callV2(functions, '/v2/models/Seen/infer', { body });
    expect({ status, ...json }).toMatchObject({ status: 400, reason: 'MICROSERVICE_BAD_DATA' });
    expect(json.error).toContain(error);
    expect(json.error).not.toContain('the request.');
    expect(headers['content-type']).toBe('application/json');
  });
});

describe('what is answered', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Special', { PREDICTIVE_UNIT_IMAGE: 'org/special:3' });
  });

  const ask = (name: string, rest: Readonly<Record<string, unknown>> = {}) =>
    infer(functions, [{ name, shape: [1], datatype: 'FP32', data: [1] }], { model: 'Special', ...rest });

  test.each([
    ['text', [{ datatype: 'BYTES', shape: [1], data: ['hello'] }]],
    ['bytes', [{ datatype: 'BYTES', shape: [1], parameters: { content_type: 'base64' }, data: ['AP8='] }]],
    ['nan', [{ datatype: 'FP64', shape: [1, 3], data: [1, null, null] }]],
    ['bool', [{ datatype: 'BOOL', shape: [2], data: [true, false] }]],
    ['half', [{ datatype: 'FP16', shape: [1, 2], data: [0.1, 65504] }]],
    ['scalar', [{ datatype: 'FP64', shape: [1], data: [7.5] }]],
    ['empty', [{ datatype: 'FP64', shape: [0, 3], data: [] }]],
    ['strings', [{ datatype: 'BYTES', shape: [1, 2], data: ['a', 'b'] }]],
    [
      'named',
      [
        { name: 'sum', datatype: 'FP64', shape: [1, 1], data: [1.5] },
        { name: 'label', datatype: 'BYTES', shape: [1], data: ['x'] },
        {
          name: 'raw',
          datatype: 'BYTES',
          shape: [1],
          parameters: { content_type: 'base64' },
          data: ['AQ=='],
        },
        { name: 'flags', datatype: 'BOOL', shape: [1], data: [true] },
      ],
    ],
    [
      'json',
      [
        {
          datatype: 'BYTES',
          shape: [1],
          parameters: { content_type: 'json' },
          data: ['{"a":{"b":1},"list":[1]}'],
        },
      ],
    ],
    [
      'objects',
      [{ datatype: 'BYTES', shape: [1, 2], parameters: { content_type: 'json' }, data: ['"a"', '1'] }],
    ],
  ])('%s', async (name, outputs) => {
    const { status, json } = await ask(name);
    expect({ status, ...json }).toEqual({
      status: 200,
      model_name: 'Special',
      model_version: '3',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      outputs: outputs.map((output) => ({ name: 'output-0', ...output })),
    });
  });

  test('float32 has the fewest digits that read back as the same float32', async () => {
    const { text } = await ask('f32');
    expect(text).toContain('"data":[0.1,1e-7,3.4e+38,0.33333334,16777216,-0.5]');
  });

  test('64-bit integers have all their digits', async () => {
    const [signed, unsigned] = [await ask('big'), await ask('ubig')];
    expect(signed.text).toContain(
      '"datatype":"INT64","data":[9223372036854775807,-9223372036854775808,9007199254740993]',
    );
    expect(unsigned.text).toContain('"datatype":"UINT64","data":[18446744073709551615,0]');
  });

  test('tags are parameters, as JSON text where they are no plain value', async () => {
    const { json } = await ask('tagged');
    expect(json.parameters).toEqual({ note: 'fine', number: 2, nested: '{"a":[1]}' });
  });

  test('an id comes back; without one it is the id in the log', async () => {
    expect((await ask('text', { id: 'abc' })).json.id).toBe('abc');
    for (const id of [undefined, null, '']) {
      const { json, headers } = await ask('text', { id });
      expect(json.id).toBe(headers['seldon-puid']);
    }
  });

  test('the outputs that are asked for, in this order', async () => {
    const { json } = await ask('named', { outputs: [{ name: 'flags' }, { name: 'sum' }] });
    expect(json.outputs.map(({ name }: { name: string }) => name)).toEqual(['flags', 'sum']);
    expect((await ask('named', { outputs: [] })).json.outputs).toHaveLength(4);
    const { status, json: error } = await ask('named', { outputs: [{ name: 'nope' }] });
    expect({ status, ...error }).toEqual({
      status: 400,
      error: 'outputs[0].name: expected one of sum, label, raw, flags, got "nope"',
      reason: 'MICROSERVICE_BAD_DATA',
    });
  });

  test.each([
    ['own', 418, 'TEAPOT', 'I am a teapot'],
    ['fails', 500, 'MICROSERVICE_INTERNAL_ERROR', 'no way'],
    [
      'complex',
      500,
      'MICROSERVICE_INTERNAL_ERROR',
      'output output-0 has the dtype complex64, which the protocol does not have',
    ],
  ])('an error of the model: %s', async (name, status, reason, error) => {
    const answer = await ask(name);
    expect({ status: answer.status, ...answer.json }).toEqual({ status, error, reason });
  });

  test('metadata names the output and its datatype', async () => {
    const outputs = '[{"name":"count","datatype":"INT64","shape":[-1]}]';
    const declared = deployV2('Echo', { MODEL_METADATA: `{"outputs":${outputs}}` });
    const send = (data: unknown) => infer(declared, [{ ...ONE, datatype: 'FP64', data }], { model: 'Echo' });
    const { json } = await send([2, 3]);
    expect(json.outputs).toEqual([{ name: 'count', datatype: 'INT64', shape: [1, 2], data: [2, 3] }]);
    const { status, json: error } = await send([2, 3.5]);
    expect({ status, ...error }).toMatchObject({
      status: 500,
      error: 'output count: the metadata says INT64, but element 1 is 3.5',
    });
  });

  const askDeclared = async (datatype: string, name: string) => {
    const outputs = [{ name: 'y', datatype, shape: [-1] }];
    const declared = deployV2('Special', { MODEL_METADATA: JSON.stringify({ outputs }) });
    return infer(declared, [{ ...ONE, name }], { model: 'Special' });
  };

  test.each([
    ['bytes', 'UINT8', { shape: [2], data: [0, 255] }],
    ['bytes', 'FP32', { shape: [2], data: [0, 255] }],
    ['bytes', 'BYTES', { shape: [1], data: ['AP8='], parameters: { content_type: 'base64' } }],
    ['empty', 'BYTES', { shape: [0, 3], data: [] }],
    ['bits', 'BOOL', { shape: [2], data: [true, false] }],
  ])('%s where the metadata says %s', async (name, datatype, output) => {
    expect((await askDeclared(datatype, name)).json.outputs).toEqual([{ name: 'y', datatype, ...output }]);
  });

  test.each([
    ['text', 'FP32', 'element 0 is "hello"'],
    ['text', 'BOOL', 'element 0 is "hello"'],
    ['json', 'INT64', 'it is {"a":{"b":1},"list":[1]}'],
  ])('%s is none of %s, which the metadata says', async (name, datatype, error) => {
    const { status, json } = await askDeclared(datatype, name);
    expect([status, json.error]).toEqual([500, `output y: the metadata says ${datatype}, but ${error}`]);
  });
});

test.each([
  ['Transformer', { status: 200, model_name: 'Transformer' }],
  [
    'RawEcho',
    { status: 501, error: 'RawEcho has no method predict; predictRaw takes messages of Seldon only' },
  ],
  [
    'NoMethods',
    { status: 501, error: 'NoMethods has no method predict', reason: 'MICROSERVICE_NOT_IMPLEMENTED' },
  ],
])('infer calls a transformer, but no raw method: %s', async (name, expected) => {
  const functions = deployV2(name, { MODEL_DIR: CONFORMANCE });
  const { status, json } = await infer(functions, [ONE], { model: name });
  expect({ status, ...json }).toMatchObject(expected);
});

test('behind a stage and a base path, with a model name that is encoded', async () => {
  const functions = deployV2('Echo', { MODEL_METADATA: '{"name":"org/echo"}' });
  const { status, json } = await callV2(functions, '/v2/models/org%2Fecho/infer', {
    body: { inputs: [ONE] },
    source: apiGatewayV1,
  });
  expect({ status, ...json }).toMatchObject({
    status: 200,
    model_name: 'org/echo',
    outputs: [{ data: [1, 2] }],
  });
});

test('below a base path /v2, the paths of Seldon are those of Seldon', async () => {
  const functions = deployV2('Echo');
  const body = '{"data":{"ndarray":[[1]]}}';
  for (const path of ['/v2/predict', '/v2/api/v1.0/predictions']) {
    const { status, body: answer } = readResult(
      await functions.invoke('predict', apiGatewayV2({ method: 'POST', path, body })),
    );
    expect([status, JSON.parse(answer as string).data.ndarray]).toEqual([200, [[1]]]);
    const bad = readResult(
      await functions.invoke('predict', apiGatewayV2({ method: 'POST', path, body: '{}' })),
    );
    expect(JSON.parse(bad.body as string)).toHaveProperty('status.reason', 'MICROSERVICE_BAD_DATA');
  }
});
