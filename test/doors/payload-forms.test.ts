import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Posts a message to a path of a model; what it gives is the status and the answer. */
async function post(MODEL_NAME: string, path: string, message: unknown) {
  const { status, body } = await deploy({ MODEL_NAME }).send({
    method: 'POST',
    path,
    body: JSON.stringify(message),
  });
  return { status, answer: JSON.parse(body as string) };
}

describe('a list without elements that protobuf leaves out', () => {
  const tensor = { shape: [0] };
  const empty = { names: [], tensor: { shape: [0], values: [] } };

  test.each([
    ['/transform-input', { data: { tensor } }, empty],
    [
      '/transform-input',
      { data: { tensor: { shape: [2, 0], values: null } } },
      { names: [], tensor: { shape: [2, 0], values: [] } },
    ],
    [
      '/send-feedback',
      { request: { data: { tensor } }, truth: { data: { tensor } }, reward: 1 },
      { tensor: { shape: [0], values: [] } },
    ],
    [
      '/send-feedback',
      { request: { data: { tensor, names: [] } }, reward: '1' },
      { tensor: { shape: [0], values: [] } },
    ],
  ])('is read as empty: %s %j', async (path, message, data) => {
    expect(await post('NoMethods', path, message)).toEqual({ status: 200, answer: { data, meta: {} } });
  });

  test('is read in each message of a list', async () => {
    const { status, answer } = await post('AggFull', '/aggregate', [
      { data: { tensor } },
      { data: { tensor } },
    ]);
    expect({ status, data: answer.data }).toEqual({ status: 200, data: empty });
  });

  test.each([[{ shape: [1] }], [{}], [{ shape: [] }], [{ shape: [2, 1], values: null }]])(
    'is missed where the shape has elements: %j',
    async (tensor) => {
      expect((await post('NoMethods', '/transform-input', { data: { tensor } })).status).toBe(400);
    },
  );
});

test('an answer to feedback leaves out empty names, and no others', async () => {
  const nothing = await post('NoMethods', '/send-feedback', {
    request: { data: { ndarray: [[1]], names: ['a'] } },
  });
  expect(nothing.answer).toEqual({ data: { ndarray: [] }, meta: {} });
  const truth = { data: { ndarray: [[1, 0]] } };
  const named = await post('FeedbackFull', '/send-feedback', { request: truth, truth });
  expect(named.answer.data).toEqual({ names: ['k0', 'k1'], ndarray: [[1, 0]] });
  const long = Array.from({ length: 40 }, (_, index) => index);
  const flat = await post('FeedbackFull', '/send-feedback', { truth: { data: { ndarray: long } } });
  expect(flat.answer.data).toEqual({ tensor: { shape: [40], values: long } });
});

describe('a tftensor', () => {
  const dim = (...sizes: number[]) => ({
    tensorShape: { dim: sizes.map((size) => ({ size: String(size) })) },
  });
  const echo = (tftensor: unknown) => post('NoMethods', '/transform-input', { data: { tftensor } });

  test.each([
    [{ dtype: 'DT_STRING', ...dim(1), stringVal: ['YQ=='] }],
    [{ dtype: 'DT_STRING', ...dim(2, 1), stringVal: ['YQ==', '/w=='] }],
    [{ dtype: 'DT_STRING', tensorShape: { dim: [{}] } }],
    [{ dtype: 'DT_STRING', tensorShape: {}, stringVal: ['YQ=='] }],
  ])('of bytes is answered as it came: %j', async (tftensor) => {
    const { status, answer } = await echo(tftensor);
    expect({ status, tftensor: answer.data?.tftensor }).toEqual({ status: 200, tftensor });
  });

  test('repeats its last bytes', async () => {
    const { answer } = await echo({ dtype: 'DT_STRING', ...dim(3), stringVal: ['YQ==', 'Yg=='] });
    expect(answer.data.tftensor.stringVal).toEqual(['YQ==', 'Yg==', 'Yg==']);
  });

  test('repeats its last complex number, and is zeros without values', async () => {
    const { answer } = await echo({ dtype: 'DT_COMPLEX64', ...dim(2), scomplexVal: [1, 2] });
    const content = Buffer.from(answer.data.tftensor.tensorContent, 'base64');
    expect([0, 4, 8, 12].map((at) => content.readFloatLE(at))).toEqual([1, 2, 1, 2]);
    const zeros = await echo({ dtype: 'DT_INT64', ...dim(2) });
    expect(Buffer.from(zeros.answer.data.tftensor.tensorContent, 'base64')).toEqual(Buffer.alloc(16));
  });

  test.each([
    [
      { dtype: 'DT_DOUBLE', tensorShape: { unknownRank: true }, doubleVal: [1] },
      'data.tftensor.tensorShape.unknownRank: expected an array whose shape is known, got true',
    ],
    [
      { dtype: 'DT_DOUBLE', tensor_shape: { unknown_rank: true } },
      'data.tftensor.tensorShape.unknownRank: expected an array whose shape is known, got true',
    ],
    [
      { dtype: 'DT_DOUBLE', tensorShape: { dims: [] } },
      'data.tftensor.tensorShape: expected {dim}, got the field "dims"',
    ],
    [{ dtype: 'DT_DOUBLE', tensorShape: 1 }, 'data.tftensor.tensorShape: expected an object'],
    [
      { dtype: 'DT_DOUBLE', ...dim(2), intVal: [1, 2] },
      'data.tftensor.intVal: DT_DOUBLE has its values in doubleVal',
    ],
    [
      { dtype: 'DT_DOUBLE', ...dim(1), doubleval: [1] },
      'data.tftensor.doubleval: a TensorProto has no such field',
    ],
    [{ dtype: 'DT_DOUBLE', ...dim(1), doubleVal: { 0: 1 } }, 'data.tftensor.doubleVal: expected a list'],
    [
      { dtype: 'DT_DOUBLE', ...dim(1), tensorContent: 1 },
      'data.tftensor.tensorContent: expected base64 text',
    ],
    [
      { dtype: 'DT_STRING', ...dim(1), tensorContent: 'YQ==' },
      'data.tftensor: DT_STRING comes as stringVal, not as tensorContent',
    ],
    [
      { dtype: 'DT_STRING', ...dim(1), stringVal: ['a b'] },
      'data.tftensor.stringVal[0]: expected base64 text',
    ],
    [
      { dtype: 'DT_FLOAT', ...dim(1), floatVal: [1e39] },
      'data.tftensor.floatVal[0]: expected a number that float32 can hold, got 1e+39',
    ],
    [
      { dtype: 'DT_COMPLEX64', ...dim(1), scomplexVal: [1] },
      'data.tftensor.scomplexVal: expected the real and the imaginary part of each number, got 1 values',
    ],
  ])('that is malformed is refused in words: %j', async (tftensor, info) => {
    const { status, answer } = await echo(tftensor);
    expect(answer.status).toMatchObject({ info, reason: 'MICROSERVICE_BAD_DATA' });
    expect(status).toBe(400);
  });

  test.each(['AAAAAAAA8D8', 'AAAA\nAAAA8D8=\r\n'])('may have content like %j', async (tensorContent) => {
    const { answer } = await echo({ dtype: 'DT_DOUBLE', ...dim(1), tensorContent });
    expect(answer.data.tftensor.doubleVal).toEqual([1]);
  });
});

test.each(['AQI=\n', 'AQI', 'A\r\nQI=', 'AQI=='])('binData %j is read if it is base64', async (binData) => {
  const { status, answer } = await post('NoMethods', '/transform-input', { binData });
  expect([status, answer.binData]).toEqual(binData === 'AQI==' ? [400, undefined] : [200, 'AQI=']);
});

test.each([['/predict'], ['/transform-input'], ['/aggregate'], ['/send-feedback']])(
  '%s leaves out a puid that is empty',
  async (path) => {
    for (const [puid, meta] of [
      ['', {}],
      ['p', { puid: 'p' }],
      [null, {}],
    ] as const) {
      const message = { data: { ndarray: [] }, meta: { puid } };
      const body =
        path === '/aggregate' ? [message] : path === '/send-feedback' ? { request: message } : message;
      const { answer } = await post(path === '/aggregate' ? 'AggMean' : 'NoMethods', path, body);
      expect(answer.meta).toEqual(meta);
    }
  },
);
