import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  binaryBody,
  bytesOf,
  elementsOf,
  inferBinary,
  readBinaryAnswer,
} from '../../support/binary-tensors.ts';
import { eventSources } from '../../support/events.ts';
import type { Deployment } from '../../support/functions.ts';
import { captureLog } from '../../support/log-lines.ts';
import { callV2, deployV2 } from '../../support/open-inference.ts';

afterAll(() => vi.unstubAllEnvs());

const LENGTH = 'inference-header-content-length';
const BINARY_OUT = { parameters: { binary_data_output: true } };

const TENSORS: readonly (readonly [string, Uint8Array, string, readonly unknown[]])[] = [
  ['BOOL', Uint8Array.of(1, 0), 'bool', [true, false]],
  ['UINT8', Uint8Array.of(0, 255), 'uint8', [0, 255]],
  ['UINT16', bytesOf(Uint16Array.of(1, 65535)), 'uint16', [1, 65535]],
  ['UINT32', bytesOf(Uint32Array.of(1, 4294967295)), 'uint32', [1, 4294967295]],
  ['UINT64', bytesOf(BigUint64Array.of(1n, 2n ** 64n - 1n)), 'uint64', ['1n', '18446744073709551615n']],
  ['INT8', bytesOf(Int8Array.of(-128, 127)), 'int8', [-128, 127]],
  ['INT16', bytesOf(Int16Array.of(-1, 32767)), 'int16', [-1, 32767]],
  ['INT32', bytesOf(Int32Array.of(-1, 2147483647)), 'int32', [-1, 2147483647]],
  ['INT64', bytesOf(BigInt64Array.of(-1n, 2n ** 53n + 1n)), 'int64', ['-1n', '9007199254740993n']],
  ['FP16', bytesOf(Uint16Array.of(0x3c00, 0x2e66)), 'float16', [1, 0.0999755859375]],
  ['BF16', bytesOf(Uint16Array.of(0x3f80, 0xc000)), 'bfloat16', [1, -2]],
  ['FP32', bytesOf(Float32Array.of(0.1, -2)), 'float32', [Math.fround(0.1), -2]],
  ['FP64', bytesOf(Float64Array.of(0.1, 1e300)), 'float64', [0.1, 1e300]],
  ['BYTES', elementsOf('a', 'wörld'), 'string', ['a', 'wörld']],
];

describe.each(TENSORS)('%s', (datatype, bytes, dtype, elements) => {
  test('reaches the model', async () => {
    const functions = deployV2('Seen');
    const answer = await inferBinary(functions, [{ name: 'x', shape: [2], datatype, bytes }], {
      model: 'Seen',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.json.outputs[0].data[0]).X).toEqual({ dtype, shape: [2], elements });
  });

  test('comes back byte for byte', async () => {
    const functions = deployV2('Echo');
    const inputs = [{ name: 'x', shape: [2, 1], datatype, bytes }];
    const answer = await inferBinary(functions, inputs, { model: 'Echo', ...BINARY_OUT });
    const { outputs } = readBinaryAnswer(answer);
    expect(outputs).toEqual([{ name: 'output-0', shape: [2, 1], datatype, bytes: Uint8Array.from(bytes) }]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'access-control-expose-headers': expect.stringContaining('Inference-Header-Content-Length'),
    });
    expect(Number(answer.headers[LENGTH]) % 8).toBe(0);
  });
});

const ONE = { name: 'x', shape: [2], datatype: 'FP32', bytes: bytesOf(Float32Array.of(1, 2)) };

describe('every door', () => {
  test.each(Object.entries(eventSources))('%s hands bytes over', async (_name, source) => {
    const functions = deployV2('Echo');
    const large = Float32Array.from({ length: 3000 }, (_, index) => index / 7);
    for (const pad of ['', 'a', 'aa', 'aaa']) {
      const inputs = [{ name: `x${pad}`, shape: [30, 100], datatype: 'FP32', bytes: bytesOf(large) }];
      const request = binaryBody(inputs, BINARY_OUT);
      const answer = await callV2(functions, '/v2/models/Echo/infer', { ...request, source });
      expect(readBinaryAnswer(answer as never).outputs[0]?.bytes).toEqual(bytesOf(large));
    }
  });

  test('compressed, the header counts the bytes before', async () => {
    const functions = deployV2('Echo');
    const { body, headers } = binaryBody([ONE], BINARY_OUT);
    const answer = await callV2(functions, '/v2/models/Echo/infer', {
      body: gzipSync(body),
      headers: { ...headers, 'content-encoding': 'gzip' },
    });
    expect(readBinaryAnswer(answer as never).outputs[0]?.bytes).toEqual(ONE.bytes);
  });

  test('the header alone decides, and may say that all is JSON', async () => {
    const functions = deployV2('Echo');
    const body = '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]}';
    for (const each of [body, Buffer.from(body)]) {
      const headers = { [LENGTH]: String(body.length), 'content-type': 'application/json' };
      const { json } = await callV2(functions, '/v2/models/Echo/infer', { body: each, headers });
      expect(json.outputs[0].data).toEqual([1]);
    }
  });

  test('a text that has all its bytes is read; one that has lost some is refused in words', async () => {
    const functions = deployV2('Echo');
    const type = { 'content-type': 'application/json' };
    const whole = binaryBody([{ ...ONE, bytes: bytesOf(Float32Array.of(2, 2)) }]);
    const send = ({ body, headers }: typeof whole, length = body.length) =>
      callV2(functions, '/v2/models/Echo/infer', {
        body: Buffer.from(body).toString(),
        headers: { ...headers, ...type, 'content-length': String(length) },
      });
    expect((await send(whole)).json.outputs[0].data).toEqual([2, 2]);
    const broken = binaryBody([{ ...ONE, bytes: bytesOf(Float32Array.of(0.1, 2)) }]);
    for (const length of [broken.body.length, Buffer.byteLength(Buffer.from(broken.body).toString())]) {
      const { status, json } = await send(broken, length);
      expect([status, json.error]).toEqual([
        400,
        'the bytes behind the JSON came as text, and some are lost; send the header content-type: application/octet-stream',
      ]);
    }
  });
});

describe('outputs', () => {
  const ask = (rest: object) =>
    inferBinary(
      deployV2('Special'),
      [{ name: 'named', shape: [1], datatype: 'UINT8', bytes: Uint8Array.of(1) }],
      { model: 'Special', ...rest },
    );

  test('each may say whether it is bytes, and the request for all others', async () => {
    const outputs = [
      { name: 'sum', parameters: { binary_data: false } },
      { name: 'label' },
      { name: 'raw', parameters: { binary_data: true } },
    ];
    const mixed = readBinaryAnswer(await ask({ ...BINARY_OUT, outputs }));
    expect(mixed.outputs).toEqual([
      { name: 'sum', datatype: 'FP64', shape: [1, 1], data: [1.5] },
      { name: 'label', datatype: 'BYTES', shape: [1], bytes: Uint8Array.from(elementsOf('x')) },
      {
        name: 'raw',
        datatype: 'BYTES',
        shape: [1],
        parameters: { content_type: 'base64' },
        bytes: Uint8Array.from(elementsOf(Uint8Array.of(1))),
      },
    ]);
    expect((await ask({ outputs: [{ name: 'sum' }] })).headers['content-type']).toBe('application/json');
  });

  test('NaN and infinities are exact', async () => {
    const inputs = [{ name: 'nan', shape: [1], datatype: 'UINT8', bytes: Uint8Array.of(1) }];
    const answer = await inferBinary(deployV2('Special'), inputs, { model: 'Special', ...BINARY_OUT });
    const bytes = readBinaryAnswer(answer).outputs[0]?.bytes as Uint8Array;
    expect(new Float64Array(bytes.buffer)).toEqual(Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY));
  });

  test('an empty one has no bytes', async () => {
    const inputs = [{ name: 'x', shape: [0, 2], datatype: 'FP32', bytes: new Uint8Array() }];
    const answer = await inferBinary(deployV2('Echo'), inputs, { model: 'Echo', ...BINARY_OUT });
    expect(readBinaryAnswer(answer).outputs).toEqual([
      { name: 'output-0', shape: [0, 2], datatype: 'FP32', bytes: new Uint8Array() },
    ]);
  });

  test('a direct invocation is answered in JSON', async () => {
    const request = { ...BINARY_OUT, inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }] };
    const answer = await deployV2('Echo').invoke('predict', request);
    expect(answer).toMatchObject({ outputs: [{ data: [1] }] });
  });
});

describe('what is refused', () => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deployV2('Echo');
  });
  const { body, headers } = binaryBody([ONE]);
  const long = Buffer.concat([body, Buffer.alloc(1)]);

  test.each<[string, Uint8Array, Record<string, string>, string]>([
    [
      'a length that is a word',
      body,
      { [LENGTH]: 'many' },
      `header ${LENGTH}: expected the bytes of the JSON, of`,
    ],
    ['a negative length', body, { [LENGTH]: '-1' }, `header ${LENGTH}: expected the bytes of the JSON, of`],
    [
      'a length over the body',
      body,
      { [LENGTH]: '9999' },
      `header ${LENGTH}: expected the bytes of the JSON, of`,
    ],
    [
      'a huge length',
      body,
      { [LENGTH]: '9'.repeat(400) },
      `header ${LENGTH}: expected the bytes of the JSON, of`,
    ],
    ['no JSON at all', body, { [LENGTH]: '0' }, 'a body without JSON is not supported'],
    ['a length that cuts the JSON', body, { [LENGTH]: '10' }, 'the body is not JSON: the text ends after 10'],
    ['bytes left over', long, headers, 'the inputs take 8 bytes behind the JSON, got 9'],
    ['bytes that are missing', body.subarray(0, -1), headers, 'expected 8 bytes behind the JSON, got 7'],
    ['no header', body, {}, 'the body is not'],
  ])('%s', async (_name, sent, sentHeaders, error) => {
    const answer = await callV2(functions, '/v2/models/Echo/infer', { body: sent, headers: sentHeaders });
    expect([answer.status, answer.json.reason]).toEqual([400, 'MICROSERVICE_BAD_DATA']);
    expect(answer.json.error).toContain(error);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'another size than that of the shape',
      { shape: [4] },
      'inputs[0].data: expected 4 values for the shape (4), got 2',
    ],
    ['a huge shape', { shape: [2 ** 40, 2 ** 40] }, 'inputs[0].data: expected 1.2'],
    [
      'no whole values',
      { datatype: 'INT64', bytes: new Uint8Array(12) },
      'expected 8 bytes for each value (INT64), got 12',
    ],
    [
      'a size that is no number',
      { parameters: { binary_data_size: '8' } },
      'parameters.binary_data_size: expected a number of bytes',
    ],
    [
      'a size that is negative',
      { parameters: { binary_data_size: -8 } },
      'parameters.binary_data_size: expected a number of bytes',
    ],
    [
      'data and a size',
      { data: [1, 2] },
      'inputs[0]: expected data, or parameters.binary_data_size, got both',
    ],
    [
      'a boolean of 2',
      { datatype: 'BOOL', bytes: Uint8Array.of(0, 2) },
      'inputs[0].data[1]: expected the byte 0 or 1 (BOOL), got 2',
    ],
    [
      'an element that is cut',
      { datatype: 'BYTES', bytes: Uint8Array.of(5, 0, 0, 0, 1) },
      'inputs[0].data[0]: expected four bytes of length',
    ],
    [
      'a length that is cut',
      { datatype: 'BYTES', bytes: Uint8Array.of(5, 0) },
      'inputs[0].data[0]: expected four bytes of length',
    ],
    [
      'elements for another shape',
      { datatype: 'BYTES', bytes: elementsOf('a') },
      'inputs[0].data: expected 2 values for the shape (2), got 1',
    ],
    [
      'bytes that are no text',
      { datatype: 'BYTES', shape: [1], bytes: elementsOf(Uint8Array.of(255)) },
      'the bytes are not UTF-8; bytes that are no text have parameters.content_type base64',
    ],
  ])('%s', async (_name, changes, error) => {
    const answer = await inferBinary(functions, [{ ...ONE, ...changes } as typeof ONE], { model: 'Echo' });
    expect([answer.status, answer.json.reason]).toEqual([400, 'MICROSERVICE_BAD_DATA']);
    expect(answer.json.error).toContain(error);
  });

  test('a size without the header', async () => {
    const inputs = [{ name: 'x', shape: [1], datatype: 'FP32', parameters: { binary_data_size: 4 } }];
    const { status, json } = await callV2(functions, '/v2/models/Echo/infer', { body: { inputs } });
    expect([status, json.error]).toEqual([
      400,
      `inputs[0]: expected the header ${LENGTH} where bytes follow the JSON`,
    ]);
  });
});

/** Its bytes begin at a multiple of their width, so that a reader may look at them in place. */
const SEVENS = {
  name: 'x'.repeat(8),
  shape: [2000],
  datatype: 'FP32',
  bytes: bytesOf(new Float32Array(2000).fill(7)),
};

test('a model that changes its array does not change what is logged', async () => {
  const functions = deployV2('Counts', { STATE_URL: 'memory://', LOG_PAYLOADS: 'true' });
  const inputs = [SEVENS];
  const log = captureLog();
  for (const calls of [1, 2]) {
    const { json } = await inferBinary(functions, inputs, { model: 'Counts' });
    expect(json.outputs[0].data).toEqual([calls, 7]);
  }
  const sent = Buffer.from(binaryBody(inputs).body).toString().slice(0, 1000);
  for (const { request } of log()) {
    expect((request as string).startsWith(sent)).toBe(true);
  }
  vi.restoreAllMocks();
});
