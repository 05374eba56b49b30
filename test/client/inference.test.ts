import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type InferenceClient,
  type InferInput,
  InferOutput,
  inferenceClient,
  SeldonClientError,
} from '../../src/client/index.ts';
import { bytesOf } from '../support/binary-tensors.ts';
import { closeHosts, host, hostOf, hostOfFunctions, type Received } from '../support/hosts.ts';
import { deployV2 } from '../support/open-inference.ts';

// Over HTTP, to functions behind an HTTP API, which makes base64 of all bodies but JSON and text.
async function serve(name: string, metadata: object = {}) {
  const environment = { MODEL_METADATA: JSON.stringify({ name: 'm', versions: ['2'], ...metadata }) };
  const { url, received } = await hostOfFunctions(deployV2(name, environment));
  return { server: inferenceClient(url), url, received, last: () => received.at(-1) as Received };
}

afterAll(closeHosts);

const X: InferInput = { name: 'x', data: Float32Array.of(5.1, 3.5, 1.4, 0.2), shape: [1, 4] };

describe('infer', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    served = await serve('Echo');
  });

  test('sends JSON, and answers typed arrays', async () => {
    const answer = await served.server.infer('m', [X], { id: 'mine', parameters: { a: 1 } });
    expect(served.last()).toMatchObject({
      method: 'POST',
      path: '/v2/models/m/infer',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"mine","parameters":{"a":1},"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[5.1,3.5,1.4,0.2]}]}',
    });
    const { modelName, modelVersion, id, status, tries, puid, headers } = answer;
    expect({ modelName, modelVersion, id, status, tries }).toEqual({
      modelName: 'm',
      modelVersion: '2',
      id: 'mine',
      status: 200,
      tries: 1,
    });
    expect(puid).toBe(headers.get('seldon-puid'));
    const output = answer.output();
    expect(output).toBeInstanceOf(InferOutput);
    expect(output).toMatchObject({ name: 'output-0', datatype: 'FP32', shape: [1, 4], parameters: {} });
    expect(output.data).toEqual(Float32Array.of(5.1, 3.5, 1.4, 0.2));
    expect(output.array.toNested()).toEqual([Array.from(Float32Array.of(5.1, 3.5, 1.4, 0.2))]);
    expect(answer.output('output-0')).toBe(output);
    expect(() => answer.output('y')).toThrow('expected one of output-0, got "y"');
  });

  test('sends bytes behind the JSON, and asks for bytes', async () => {
    const answer = await served.server.infer('m', [X], { binary: true });
    const { headers, bytes } = served.last();
    const length = Number(headers['inference-header-content-length']);
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(bytes.subarray(0, length)).toString())).toEqual({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', parameters: { binary_data_size: 16 } }],
    });
    expect(Uint8Array.from(bytes.subarray(length))).toEqual(bytesOf(X.data as Float32Array));
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    const { data, parameters } = answer.output();
    expect(data).toEqual(Float32Array.of(5.1, 3.5, 1.4, 0.2));
    expect(parameters).toEqual({});
  });

  test.each([false, true])('an output is an input of the next call (binary: %s)', async (binary) => {
    const inputs: InferInput[] = [
      { name: 'a', data: BigInt64Array.of(9007199254740993n, -1n) },
      {
        name: 'b',
        data: [
          ['x', 'ü'],
          ['', '😀'],
        ],
      },
      { name: 'c', data: [Uint8Array.of(0, 255), Uint8Array.of()], datatype: 'BYTES' },
      { name: 'd', data: [[true], [false]] },
    ];
    const first = await served.server.infer('m', inputs, { binary });
    const second = await served.server.infer('m', first.outputs, { binary });
    for (const { outputs } of [first, second]) {
      expect(outputs.map(({ name, datatype, shape, data }) => ({ name, datatype, shape, data }))).toEqual([
        { name: 'a', datatype: 'INT64', shape: [2], data: BigInt64Array.of(9007199254740993n, -1n) },
        { name: 'b', datatype: 'BYTES', shape: [2, 2], data: ['x', 'ü', '', '😀'] },
        { name: 'c', datatype: 'BYTES', shape: [2], data: [Uint8Array.of(0, 255), Uint8Array.of()] },
        { name: 'd', datatype: 'BOOL', shape: [2, 1], data: [true, false] },
      ]);
    }
    expect(first.output('b').bytes.map((each) => Buffer.from(each).toString())).toEqual(['x', 'ü', '', '😀']);
    expect(() => first.output()).toThrow('expected one of a, b, c, d, got no name');
  });

  test('asks for the outputs that are named, in their order, of a version', async () => {
    const inputs = [X, { name: 'y', data: [1] }];
    const own = { outputs: ['y', { name: 'x', parameters: { classification: 2 } }], version: '2' };
    const { outputs } = await served.server.infer('m', inputs, own);
    expect(served.last().path).toBe('/v2/models/m/versions/2/infer');
    expect(outputs.map(({ name, datatype, data }) => [name, datatype, Array.from<unknown>(data)])).toEqual([
      ['y', 'FP64', [1]],
      ['x', 'BYTES', ['5.1:0', '3.5:1']],
    ]);
  });

  test('a model that answers JSON', async () => {
    const { server } = await serve('Special');
    for (const binary of [false, true]) {
      const answer = await server.infer('m', [{ name: 'json', data: [1] }], { binary });
      expect(answer.output().parameters).toEqual({ content_type: 'json' });
      expect(answer.output().json).toEqual([{ a: { b: 1 }, list: [1] }]);
      const numbers = await server.infer('m', [{ name: 'nan', data: [1] }], { binary });
      expect(Array.from(numbers.output().data as Float64Array)).toEqual([
        1,
        Number.NaN,
        binary ? Number.POSITIVE_INFINITY : Number.NaN,
      ]);
      const text = await server.infer('m', [{ name: 'text', data: [1] }], { binary });
      expect(text.output().data).toEqual(['hello']);
      expect(() => text.output().json).toThrow('output output-0: data[0]: expected JSON');
      const tagged = await server.infer('m', [{ name: 'tagged', data: [1] }], { binary });
      expect(tagged.parameters).toMatchObject({ note: 'fine', number: 2 });
    }
  });
});

describe('what is asked of a server', () => {
  let served: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }];
    served = await serve('Echo', { inputs, outputs: [] });
  });

  test('the metadata of a model and of the server', async () => {
    const { server } = served;
    expect(await server.modelMetadata('m')).toMatchObject({
      name: 'm',
      versions: ['2'],
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
    });
    expect(await server.modelMetadata('m', { version: '2' })).toMatchObject({ name: 'm' });
    expect(await server.serverMetadata()).toMatchObject({
      name: 'seldon-lambda',
      extensions: expect.arrayContaining(['binary_tensor_data']),
    });
  });

  test('whether it is live and ready, and whether a model is', async () => {
    const { server } = served;
    expect(await server.isServerLive()).toBe(true);
    expect(await server.isServerReady()).toBe(true);
    expect(await server.isModelReady('m')).toBe(true);
    expect(await server.isModelReady('m', { version: '2' })).toBe(true);
    expect(await server.isModelReady('typo')).toBe(false);
    expect(await server.isModelReady('a/b?c')).toBe(false);
    expect(served.last().path).toBe('/v2/models/a%2Fb%3Fc/ready');
  });

  // What Triton, MLServer and KServe answer, and what a gateway does.
  test.each<[number, string, 'no' | 'error']>([
    [400, '', 'no'],
    [503, '{"error":"not ready"}', 'no'],
    [404, '{"error":"Model m not found"}', 'no'],
    [404, '{"message":"Not Found"}', 'error'],
    [403, '{"message":"Forbidden"}', 'error'],
    [500, '{"error":"oops"}', 'error'],
    [200, '', 'error'],
  ])('a model that is answered %i %s is not ready: %s', async (status, body, answer) => {
    const { url, received } = await host((_request, response) => response.writeHead(status).end(body));
    const asked = inferenceClient(url).isModelReady('m');
    if (status === 200) {
      expect(await asked).toBe(true);
    } else if (answer === 'no') {
      expect(await asked).toBe(false);
    } else {
      await expect(asked).rejects.toThrow(SeldonClientError);
    }
    expect(received).toHaveLength(1);
  });
});

describe('errors', () => {
  let server: InferenceClient;
  let url: string;
  let received: readonly Received[];
  beforeAll(async () => {
    ({ server, url, received } = await serve('Special'));
  });

  test.each([
    ['own', 418, 'TEAPOT', 'I am a teapot'],
    ['fails', 500, 'MICROSERVICE_INTERNAL_ERROR', 'no way'],
  ])('of the model: %s', async (name, status, reason, words) => {
    const error = await server.infer('m', [{ name, data: [1] }]).catch((caught) => caught);
    expect(error).toBeInstanceOf(SeldonClientError);
    expect(error).toMatchObject({ status, reason, info: expect.stringContaining(words), tries: 1 });
    expect(error.message).toMatch(`POST ${url}/v2/models/m/infer: ${status} ${reason}: `);
  });

  // Of Triton and KServe, and of FastAPI before MLServer; none is a gateway's, which would be tried again.
  test.each([
    ['{"error":"ValueError : no way"}', 'ValueError : no way'],
    ['{"detail":[{"msg":"field required"}]}', '[{"msg":"field required"}]'],
    ['{"detail":"Not Found"}', 'Not Found'],
  ])('of other servers: %s', async (body, words) => {
    const other = await host((_request, response) => response.writeHead(500).end(body));
    const error = await inferenceClient(other.url)
      .infer('m', [X])
      .catch((caught) => caught);
    expect(error).toMatchObject({ status: 500, reason: undefined, mayPass: false });
    expect(error.message).toMatch(`: 500: ${words}`);
    expect(other.received).toHaveLength(1);
  });

  const OUTPUT = { name: 'y', datatype: 'FP32', shape: [2], data: [1, 2] };
  test.each<[unknown, string]>([
    [[1], '200: expected an object with outputs as JSON, got "[1]"'],
    [{}, '200: outputs: expected a list, got undefined'],
    [{ outputs: [1] }, '200: outputs[0]: expected an object {name, shape, datatype, data}, got 1'],
    [{ outputs: [{ ...OUTPUT, name: 1 }] }, '200: outputs[0].name: expected a name, got 1'],
    [{ outputs: [{ ...OUTPUT, datatype: 'fp32' }] }, '200: outputs[0].datatype: expected one of BOOL, '],
    [
      { outputs: [{ ...OUTPUT, shape: [-1] }] },
      '200: outputs[0].shape: expected a list of at most 32 lengths',
    ],
    [
      { outputs: [{ ...OUTPUT, parameters: { binary_data_size: 8 } }] },
      '200: outputs[0].parameters.binary_data_size: expected at most the 0 bytes behind the JSON, got 8',
    ],
  ])('an answer that is none: %j', async (message, words) => {
    const other = await hostOf(message);
    const call = inferenceClient(other.url).infer('m', [X]);
    await expect(call).rejects.toThrow(SeldonClientError);
    await expect(call).rejects.toThrow(`POST ${other.url}/v2/models/m/infer: ${words}`);
  });

  test.each([
    [{ ...OUTPUT, data: [1] }, 'output y: data: expected 2 values for the shape (2), got 1'],
    [
      { ...OUTPUT, data: [1, 'a'] },
      'output y: data[1]: expected a number that fits (FP32), or null for NaN, got "a"',
    ],
    [{ ...OUTPUT, data: undefined }, 'output y: data: expected a list of values, got undefined'],
    [{ ...OUTPUT, datatype: 'BYTES' }, 'output y: data[0]: expected a text (BYTES), got 1'],
    [
      { ...OUTPUT, datatype: 'BYTES', data: ['a', '?'], parameters: { content_type: 'base64' } },
      'output y: data[0]: expected base64, as the content type says',
    ],
  ])('elements that cannot be read: %j', async (output, words) => {
    const other = await hostOf({ outputs: [output] });
    const answer = await inferenceClient(other.url).infer('m', [X]);
    expect(() => answer.output().data).toThrow(TypeError);
    expect(() => answer.output().data).toThrow(words);
  });

  test.each([
    [4, '200: expected 4 bytes behind the JSON, got 8'],
    [12, '200: outputs[0].parameters.binary_data_size: expected at most the 8 bytes behind the JSON, got 12'],
  ])('bytes that are not as many as the answer says: %i', async (size, words) => {
    const json = JSON.stringify({
      outputs: [{ ...OUTPUT, data: undefined, parameters: { binary_data_size: size } }],
    });
    const other = await host((_request, response) =>
      response
        .writeHead(200, { 'inference-header-content-length': json.length })
        .end(Buffer.concat([Buffer.from(json), Buffer.alloc(8)])),
    );
    await expect(inferenceClient(other.url).infer('m', [X])).rejects.toThrow(words);
  });

  test('bytes that are no text are there as bytes', async () => {
    const json = JSON.stringify({
      outputs: [{ name: 'y', datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 6 } }],
    });
    const other = await host((_request, response) =>
      response
        .writeHead(200, { 'inference-header-content-length': json.length })
        .end(Buffer.concat([Buffer.from(json), Buffer.from([2, 0, 0, 0, 255, 254])])),
    );
    const answer = await inferenceClient(other.url).infer('m', [X]);
    expect(() => answer.output().data).toThrow('output y: data[0]: expected UTF-8; see bytes');
    expect(answer.output().bytes).toEqual([Uint8Array.of(255, 254)]);
  });

  test.each<[unknown, string]>([
    [[], 'inputs: expected a list of at least one {name, data}, got []'],
    [[1], 'inputs[0]: expected {name, data}, got 1'],
    [[{ data: [1] }], 'inputs[0].name: expected a name, got undefined'],
    [[X, { ...X, datatype: 'float' }], 'inputs[1].datatype: expected one of BOOL, UINT8, '],
    [[{ ...X, shape: [3] }], 'inputs[0].shape: cannot reshape array of size 4 into shape (3)'],
    [[{ ...X, data: 'text' }], 'inputs[0].data: expected a typed array, lists or an NdArray, got "text"'],
    [[{ name: 'x', data: [[1], [2, 3]] }], 'inputs[0].data: expected lists of equal length'],
    [
      [{ name: 'x', data: [1, 'a'] }],
      'inputs[0].data[1]: expected a number that fits (FP64), or null for NaN',
    ],
    [
      [{ name: 'x', data: [300], datatype: 'UINT8' }],
      'inputs[0].data[0]: expected a whole number from 0 to 255 (UINT8), got 300',
    ],
    [
      [{ name: 'x', data: [0.5], datatype: 'INT64' }],
      'inputs[0].data[0]: expected a whole number from -9223372036854775808 to 9223372036854775807 (INT64), got 0.5',
    ],
    [
      [{ name: 'x', data: Uint8Array.of(1), datatype: 'BYTES' }],
      'inputs[0].data: expected a list of texts or of bytes, got a Uint8Array',
    ],
    [
      [{ name: 'x', data: [1], datatype: 'BYTES' }],
      'inputs[0].data[0]: expected a text or bytes (BYTES), got 1',
    ],
    [[{ name: 'x', data: new Float32Array(2), shape: [1], dtype: 'x' }], 'inputs[0].shape: cannot reshape'],
  ])('an input is refused before it is sent: %j', async (inputs, words) => {
    const before = received.length;
    const call = server.infer('m', inputs as InferInput[]);
    await expect(call).rejects.toThrow(TypeError);
    await expect(call).rejects.toThrow(words);
    expect(received.length).toBe(before);
  });

  test.each<[string, () => unknown, string]>([
    [
      'a model without a name',
      () => server.infer('', [X]),
      'model: expected a text that is not empty, got ""',
    ],
    [
      'an output without a name',
      () => server.infer('m', [X], { outputs: [''] }),
      'outputs[0]: expected a name',
    ],
    ['an id that is no text', () => server.infer('m', [X], { id: 1 as never }), 'id: expected a text, got 1'],
    ['binary', () => server.infer('m', [X], { binary: 'yes' as never }), 'binary: expected true or false'],
    [
      'binary of a client',
      async () => inferenceClient(url, { binary: 1 as never }),
      'binary: expected true or',
    ],
    [
      'a form of arrays',
      async () => inferenceClient(url, { arrays: 'tensor' } as never),
      'arrays: expected only',
    ],
    [
      'a form of arrays',
      () => server.infer('m', [X], { arrays: 'tensor' } as never),
      'arrays: expected only',
    ],
  ])('%s is refused', async (_what, call, words) => {
    await expect(call()).rejects.toThrow(words);
  });
});
