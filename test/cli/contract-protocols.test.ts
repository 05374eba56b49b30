import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bytesOf } from '../support/binary-tensors.ts';
import { column } from '../support/contract-columns.ts';
import { contract } from '../support/contract-run.ts';
import { deploy } from '../support/functions.ts';
import { closeHosts, host, hostOf, hostOfFunctions } from '../support/hosts.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const folder = temporaryFolder();
const IRIS = 'models/Iris.contract.json';
const V2 = ['--protocol', 'v2', '--model', 'm'];
const V1 = ['--protocol', 'tensorflow', '--model', 'm'];

afterAll(() => {
  closeHosts();
  removeFolders();
  vi.unstubAllEnvs();
});

let files = 0;

/** A contract in a file of its own. */
function file(contents: unknown): string {
  const path = join(folder, `${files++}.contract.json`);
  writeFileSync(path, JSON.stringify(contents));
  return path;
}

const values = (name: string, ...of: readonly unknown[]) => ({ name, ftype: 'categorical', values: of });

describe('a model that is served', () => {
  let iris: string;
  let paths: () => readonly string[];

  beforeAll(async () => {
    const MODEL_DIR = fileURLToPath(new URL('../../models', import.meta.url));
    const { url, received } = await hostOfFunctions(deploy({ MODEL_NAME: 'Iris', MODEL_DIR }));
    iris = url;
    paths = () => received.map(({ path }) => path);
  });

  test.each([
    ['v2 as JSON', ['--protocol', 'v2'], '/v2/models/iris/infer'],
    ['v2 as bytes', ['--protocol', 'v2', '--binary', '-b', '8'], '/v2/models/iris/infer'],
    ['v2 as float32 bytes', ['--protocol', 'v2', '--binary', '--input', 'x:FP32'], '/v2/models/iris/infer'],
    ['v2 in columns', ['--protocol', 'v2', '--columns', '-b', '3'], '/v2/models/iris/infer'],
    ['v2 in columns as bytes', ['--protocol', 'v2', '--columns', '--binary'], '/v2/models/iris/infer'],
    ['v1 in rows', ['--protocol', 'tensorflow', '-b', '8'], '/v1/models/iris:predict'],
    ['v1 as objects', ['--protocol', 'tensorflow', '--columns'], '/v1/models/iris:predict'],
  ])('passes when it keeps its contract, asked by %s', async (_how, args, path) => {
    const { code, text } = await contract(IRIS, iris, '-n', '10', '--model', 'iris', ...args);
    expect(text).toMatch(/^passed: 10 of 10 requests/m);
    expect(code).toBe(0);
    expect(paths().slice(-10)).toEqual(Array(10).fill(path));
  });

  test('fails with the words of the server', async () => {
    const { code, text } = await contract(IRIS, iris, '-n', '2', ...V2);
    expect(text).toMatch(/^FAILED status 404: expected status 200, got 404: MICROSERVICE_NOT_FOUND: .*"m"/);
    expect(code).toBe(1);
  });
});

describe.concurrent('what is sent by v2', () => {
  const answer = { outputs: [{ name: 'y', datatype: 'FP64', shape: [2, 1], data: [0, 1] }] };
  const sent = async (features: readonly object[], ...args: readonly string[]) => {
    const { url, received } = await hostOf(answer);
    const { text } = await contract(file({ features }), url, '-n', '1', '-b', '2', ...V2, ...args);
    expect(text).toMatch(/^passed: /);
    return received[0] ?? expect.fail(text);
  };
  const number = expect.any(Number);

  test.each<[string, readonly object[], string, readonly unknown[]]>([
    ['floats', [column('a'), column('b')], 'FP64', [number, number, number, number]],
    [
      'floats and integers',
      [column('a'), column('b', { dtype: 'INT', range: [3, 3] })],
      'FP64',
      [number, 3, number, 3],
    ],
    ['integers', [column('a', { dtype: 'INT', range: [2, 2] }), values('b', 7)], 'INT64', [2, 7, 2, 7]],
    ['long integers', [values('a', 'L')], 'INT64', []],
    ['texts', [values('a', 'x'), values('b', 'y')], 'BYTES', ['x', 'y', 'x', 'y']],
    ['booleans', [values('a', true), values('b', false)], 'BOOL', [true, false, true, false]],
  ])('%s are one tensor', async (what, features, datatype, data) => {
    if (what === 'long integers') {
      const { url, received } = await hostOf(answer);
      const path = join(folder, 'long.contract.json');
      writeFileSync(path, '{"features":[{"name":"a","ftype":"categorical","values":[9007199254740993]}]}');
      await contract(path, url, '-n', '1', ...V2);
      expect(received[0]?.body).toContain('"datatype":"INT64","data":[9007199254740993]');
      return;
    }
    const { path, headers, body } = await sent(features);
    expect({ path, type: headers['content-type'] }).toEqual({
      path: '/v2/models/m/infer',
      type: 'application/json',
    });
    expect(JSON.parse(body)).toEqual({
      inputs: [{ name: 'input-0', shape: [2, features.length], datatype, data }],
    });
  });

  test('an image has its axes', async () => {
    const { body } = await sent([column('image', { shape: [2, 3, 1], range: [0, 0] })]);
    const data = Array(12).fill(0);
    expect(JSON.parse(body).inputs).toEqual([
      { name: 'input-0', shape: [2, 2, 3, 1], datatype: 'FP64', data },
    ]);
  });

  test('values of several types are columns, as MLServer has a data frame', async () => {
    const features = [values('size', 1), values('colour', 'red'), column('w', { range: [0.5, 0.5] })];
    const expected = {
      parameters: { content_type: 'pd' },
      inputs: [
        { name: 'size', shape: [2, 1], datatype: 'INT64', data: [1, 1] },
        { name: 'colour', shape: [2, 1], datatype: 'BYTES', data: ['red', 'red'] },
        { name: 'w', shape: [2, 1], datatype: 'FP64', data: [0.5, 0.5] },
      ],
    };
    expect(JSON.parse((await sent(features)).body)).toEqual(expected);
    expect(JSON.parse((await sent(features, '--columns')).body)).toEqual(expected);
  });

  test('--columns sends columns of one type, too', async () => {
    const { body } = await sent([values('a', 1), values('b', 2)], '--columns');
    expect(
      JSON.parse(body).inputs.map(({ name, data }: { name: string; data: unknown }) => [name, data]),
    ).toEqual([
      ['a', [1, 1]],
      ['b', [2, 2]],
    ]);
  });

  test('--input names the tensor, and its datatype', async () => {
    const features = [values('a', 1)];
    const one = { shape: [2, 1], data: [1, 1] };
    expect(JSON.parse((await sent(features, '--input', 'x:FP32')).body).inputs).toEqual([
      { name: 'x', datatype: 'FP32', ...one },
    ]);
    expect(JSON.parse((await sent(features, '--input', 'dense:0')).body).inputs).toEqual([
      { name: 'dense:0', datatype: 'INT64', ...one },
    ]);
  });

  test('--binary sends bytes behind the JSON', async () => {
    const { headers, bytes } = await sent([values('a', 0.5)], '--binary', '--input', 'x:FP32');
    const length = Number(headers['inference-header-content-length']);
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(Buffer.from(bytes.subarray(0, length)).toString())).toEqual({
      parameters: { binary_data_output: true },
      inputs: [{ name: 'x', shape: [2, 1], datatype: 'FP32', parameters: { binary_data_size: 8 } }],
    });
    expect(Uint8Array.from(bytes.subarray(length))).toEqual(bytesOf(Float32Array.of(0.5, 0.5)));
  });

  test('--path says where it goes, as to a version of a model', async () => {
    const { url, received } = await hostOf(answer);
    const path = '/v2/models/m/versions/2/infer';
    await contract(file({ features: [column('x')] }), url, '-n', '1', '--protocol', 'v2', '--path', path);
    expect(received[0]?.path).toBe(path);
  });

  test('a seed makes the same values by each protocol', async () => {
    const features = [column('a'), column('b')];
    const args = ['--seed', '5'];
    const { inputs } = JSON.parse((await sent(features, ...args)).body);
    const { url, received } = await hostOf({ data: { ndarray: [[1]] }, predictions: [[1]] });
    await contract(file({ features }), url, '-n', '1', '-b', '2', ...args);
    await contract(file({ features }), url, '-n', '1', '-b', '2', ...args, ...V1);
    const [seldon, v1] = received.map(({ body }) => JSON.parse(body));
    expect(inputs[0].data).toEqual(seldon.data.ndarray.flat());
    expect(v1.instances).toEqual(seldon.data.ndarray);
  });
});

describe.concurrent('what is sent by v1', () => {
  const sent = async (features: readonly object[], ...args: readonly string[]) => {
    const { url, received } = await hostOf({ predictions: [[1]] });
    await contract(file({ features }), url, '-n', '1', '-b', '2', ...V1, ...args);
    expect(received[0]?.path).toBe('/v1/models/m:predict');
    return JSON.parse(received[0]?.body as string);
  };

  test('are rows, or objects', async () => {
    const features = [values('a', 1), values('b', 'x')];
    expect(await sent(features)).toEqual({
      instances: [
        [1, 'x'],
        [1, 'x'],
      ],
    });
    expect(await sent(features, '--columns')).toEqual({
      instances: [
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
      ],
    });
    const image = [column('i', { shape: [1, 2], range: [3, 3] })];
    expect(await sent(image)).toEqual({ instances: [[[3, 3]], [[3, 3]]] });
  });
});

const y = (more: object = {}) => ({ features: [column('x')], targets: [column('y', more)] });
const two = () => ({ features: [column('x')], targets: [column('y'), column('z')] });
const output = (data: unknown, more: object = {}) => ({
  outputs: [{ name: 'o', datatype: 'FP64', shape: [1, 1], data, ...more }],
});
const o = (name: string, data: unknown, shape: unknown = [1, 1]) => ({ name, datatype: 'FP64', shape, data });

describe.concurrent('an answer', () => {
  const run = async (contents: unknown, message: unknown, protocol: readonly string[]) => {
    const { url } = await hostOf(message);
    const { code, text } = await contract(file(contents), url, '-n', '2', ...protocol, '--json');
    return { code, ...JSON.parse(text) };
  };

  test.each<[string, unknown, unknown, readonly string[]]>([
    ['in range', y(), output([1]), V2],
    ['in nested lists', y(), output([[1]]), V2],
    ['a list of labels', y(), output([1], { shape: [1] }), V2],
    ['a single precision', y(), output([1.00000001], { datatype: 'FP32' }), V2],
    [
      'an integer of 64 bits',
      y({ ...values('y', 1), range: undefined }),
      output([1], { datatype: 'INT64' }),
      V2,
    ],
    ['a text', y({ ...values('y', 'a'), range: undefined }), output(['a'], { datatype: 'BYTES' }), V2],
    ['a boolean', y({ ...values('y', true), range: undefined }), output([true], { datatype: 'BOOL' }), V2],
    ['one tensor for two targets', two(), output([0, 1], { shape: [1, 2] }), V2],
    ['an output for each target', two(), { outputs: [o('y', [0]), o('z', [1], [1])] }, V2],
    ['whatever it is, without targets', { features: [column('x')] }, output([5, 6], { shape: [2] }), V2],
    ['rows', y(), { predictions: [[1]] }, V1],
    ['a list', y(), { predictions: [1] }, V1],
    ['objects', two(), { predictions: [{ y: 0, z: [1] }] }, V1],
  ])('is right that is %s', async (_what, contents, message, protocol) => {
    expect(await run(contents, message, protocol)).toMatchObject({ passed: true, failures: [], code: 0 });
  });

  test.each<[string, unknown, unknown, readonly string[], string, string, string]>([
    [
      'out of range',
      y(),
      output([1.5]),
      V2,
      'targets[0] y',
      'a number from 0 up to 1 in column 0',
      '1.5 in row 0',
    ],
    [
      'no number',
      y(),
      output([null]),
      V2,
      'targets[0] y',
      'a number from 0 up to 1 in column 0',
      'NaN in row 0',
    ],
    ['of more rows', y(), output([0, 0], { shape: [2, 1] }), V2, 'rows', '1 rows', '2'],
    ['of more columns', y(), output([0, 0], { shape: [1, 2] }), V2, 'shape', 'shape (1,1)', '(1,2)'],
    ['of another name', two(), { outputs: [o('y', [0]), o('w', [1])] }, V2, 'names', 'names[1] "z"', '"w"'],
    [
      'of too many outputs',
      y(),
      { outputs: [o('y', [0]), o('z', [1])] },
      V2,
      'shape',
      'one output, or 1 of shape (rows) or (rows,1)',
      'y (1,1), z (1,1)',
    ],
    [
      'of no outputs',
      y(),
      { outputs: [] },
      V2,
      'shape',
      'one output, or 1 of shape (rows) or (rows,1)',
      'none',
    ],
    [
      'of another size',
      y(),
      output([1, 2]),
      V2,
      'outputs',
      '1 values for the shape (1,1) in output o: data',
      '2',
    ],
    [
      'of an unknown type',
      y(),
      output([1], { datatype: 'float' }),
      V2,
      'outputs',
      'one of BOOL, UINT8',
      '"float"',
    ],
    [
      'not of its type',
      y(),
      output(['a']),
      V2,
      'outputs',
      'a number that fits (FP64), or null for NaN in output o: data[0]',
      '"a"',
    ],
    ["Seldon's", y(), { data: { ndarray: [[1]] } }, V2, 'outputs', 'a list in outputs', 'undefined'],
    [
      'no answer even without targets',
      { features: [column('x')] },
      {},
      V2,
      'outputs',
      'a list in outputs',
      'undefined',
    ],
    [
      'out of range',
      y(),
      { predictions: [[2]] },
      V1,
      'targets[0] y',
      'a number from 0 up to 1 in column 0',
      '2 in row 0',
    ],
    ['no predictions', y(), { outputs: [[1]] }, V1, 'predictions', 'a list', 'undefined'],
    [
      'of unequal rows',
      two(),
      { predictions: [[1, 2], [1]] },
      V1,
      'shape',
      'rows of equal length',
      '[[1,2],[1]]',
    ],
    [
      'of unequal objects',
      two(),
      { predictions: [{ y: 1 }, { z: 1 }] },
      V1,
      'shape',
      'objects with the same names, and one value for each',
      '[{"y":1},{"z":1}]',
    ],
    ['of other names', two(), { predictions: [{ y: 1, w: 1 }] }, V1, 'names', 'names[1] "z"', '"w"'],
  ])('is a failure that is %s', async (_what, contents, message, protocol, check, expected, got) => {
    const { failures, code } = await run(contents, message, protocol);
    expect(failures).toMatchObject([{ check, expected: expect.stringContaining(expected), got, count: 2 }]);
    expect(code).toBe(1);
  });

  test.each([
    ['{"error":"no model","reason":"MICROSERVICE_NOT_FOUND"}', '404: MICROSERVICE_NOT_FOUND: no model'],
    ['{"error":"Request for unknown model"}', '404: Request for unknown model'],
    ['{"detail":[{"msg":"field required"}]}', '404: [{"msg":"field required"}]'],
    ['{"message":"Not Found"}', '404: Not Found'],
  ])('that is an error has its words: %s', async (body, got) => {
    const { url } = await host((_request, response) => response.writeHead(404).end(body));
    const { text } = await contract(file(y()), url, '-n', '1', ...V2, '--json');
    expect(JSON.parse(text).failures).toMatchObject([{ check: 'status 404', expected: 'status 200', got }]);
  });

  test('in bytes is read, and the report has the bytes of both, as a command that sends them again', async () => {
    const head = { name: 'o', datatype: 'FP32', shape: [1, 1], parameters: { binary_data_size: 4 } };
    const json = JSON.stringify({ outputs: [head] });
    const tail = Buffer.from(bytesOf(Float32Array.of(1.5)));
    const { url, received } = await host((_request, response) =>
      response
        .writeHead(200, { 'inference-header-content-length': json.length })
        .end(Buffer.concat([Buffer.from(json), tail])),
    );
    const args = ['-n', '1', ...V2, '--binary', '--seed', '1'];
    const { code, text } = await contract(file(y()), url, ...args, '--header', 'x-api-key: secret');
    expect(text).toContain(
      'FAILED targets[0] y: expected a number from 0 up to 1 in column 0, got 1.5 in row 0\n',
    );
    expect(text).toContain(
      '  as JSON: {"inputs":[{"name":"input-0","shape":[1,1],"datatype":"FP64","data":[0]}]}\n',
    );
    expect(text).toContain(`  answer: 200 ${json} and in base64 ${tail.toString('base64')}\n`);
    const [, base64 = '', curl] = /^ {2}echo (\S+) \| base64 -d \| (curl .*)$/m.exec(text) ?? [];
    const { bytes, headers } = received.at(-1) ?? expect.fail();
    expect(Buffer.from(base64, 'base64')).toEqual(Buffer.from(bytes));
    expect(curl).toBe(
      `curl ${url}/v2/models/m/infer -H 'content-type: application/octet-stream' ` +
        `-H 'inference-header-content-length: ${headers['inference-header-content-length']}' ` +
        "-H 'x-api-key: ...' --data-binary @-",
    );
    expect(code).toBe(1);
    const { text: report } = await contract(file(y()), url, ...args, '--json');
    expect(JSON.parse(report)).toMatchObject({
      protocol: 'v2',
      failures: [
        {
          request: { inputs: [{ data: [0] }] },
          answer: { status: 200, body: json, bytes: tail.toString('base64') },
        },
      ],
    });
    const { text: printed } = await contract(file(y()), url, ...args, '-p');
    expect(printed).toMatch(
      /^request: \{"inputs":\[\{.*"data":\[[\d.]+\]\}\]\}\nanswer: 200 .* and in base64 AADAPw==$/m,
    );
  });
});

describe.concurrent('a command line is refused', () => {
  const URL = 'http://127.0.0.1:1';

  test.each<[readonly string[], string]>([
    [['--protocol', 'grpc'], '--protocol: expected one of seldon, v2, tensorflow, got "grpc"'],
    [
      ['--protocol', 'v2'],
      '--model: expected the name of the model, as --model iris, which is in the path of --protocol v2',
    ],
    [['--protocol', 'tensorflow'], '--model: expected the name of the model'],
    [['--model', 'm'], '--model: expected only with --protocol v2 or tensorflow'],
    [
      [...V2, '--path', 'x'],
      '--model: expected a name that is not empty, and no --path, which has the name in it',
    ],
    [['--protocol', 'v2', '--model', ''], '--model: expected a name that is not empty'],
    [[...V2, '--endpoint', 'route'], '--endpoint: expected predict with --protocol v2, got "route"'],
    [[...V1, '--endpoint', 'send-feedback'], '--endpoint: expected predict with --protocol tensorflow, got'],
    [[...V2, '--tensor'], '--tensor: expected only with --protocol seldon'],
    [[...V2, '--form'], '--form: expected only with --protocol seldon'],
    [[...V2, '--messages', '2'], '--messages: expected only with --protocol seldon'],
    [[...V1, '--unit', 'r'], '--unit: expected only with --protocol seldon'],
    [['--binary'], '--binary: expected only with --protocol v2'],
    [[...V1, '--binary'], '--binary: expected only with --protocol v2'],
    [[...V1, '--input', 'x'], '--input: expected only with --protocol v2'],
    [['--columns'], '--columns: expected only with --protocol v2 or tensorflow'],
    [[...V2, '--input', ':FP32'], '--input: expected a name, and perhaps a datatype, as x:FP32, got ":FP32"'],
    [[...V2, '--input', 'x', '--columns'], '--input: expected no --columns, with which each'],
  ])('%j', async (args, sentence) => {
    const { code, text } = await contract(IRIS, URL, ...args);
    expect(text.startsWith(sentence), text).toBe(true);
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(code).toBe(2);
  });

  const mixed = [values('a', 1), values('b', 'x')];
  test.each<[readonly object[], readonly string[], string]>([
    [
      [values('a', 1, 'x')],
      V2,
      'features[0].values: expected values of one type, because a tensor has one, got 1 and "x"',
    ],
    [
      mixed,
      [...V2, '--input', 'x'],
      'features: expected values of one type, for --input: otherwise each column is a tensor',
    ],
    [
      [
        { ...values('a', 1), shape: [2, 2] },
        { ...values('b', 'x'), shape: [2, 2] },
      ],
      V2,
      'features: expected columns without a shape, or values of one type, because a tensor has one',
    ],
    [
      [column('a', { shape: [2, 2] })],
      [...V2, '--columns'],
      'features: expected columns without a shape, for --columns',
    ],
    [
      [column('a', { shape: [2, 2] })],
      [...V1, '--columns'],
      'features: expected columns without a shape, for --columns',
    ],
  ])('for this contract: %j %j', async (features, args, sentence) => {
    const path = file({ features });
    const { code, text } = await contract(path, URL, ...args);
    expect(text.startsWith(`${path}: ${sentence}`), text).toBe(true);
    expect(code).toBe(2);
  });

  test('for values that the datatype of --input does not have', async () => {
    const { url, received } = await hostOf({});
    const { code, text } = await contract(
      file({ features: [values('a', 300)] }),
      url,
      ...V2,
      '--input',
      'x:UINT8',
    );
    expect(text).toBe('--input: inputs[0].data[0]: expected a whole number from 0 to 255 (UINT8), got 300\n');
    expect(code).toBe(2);
    expect(received).toEqual([]);
  });
});
