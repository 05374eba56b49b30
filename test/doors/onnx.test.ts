import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { packageModels } from '../../src/bundle/package.ts';
import expected from '../fixtures/digits-expected.json' with { type: 'json' };
import { apiGatewayV2, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { type Instance, startInstance, unpackModels } from '../support/lambda-instance.ts';
import { type GraphNode, type GraphValue, TYPES, toOnnx } from '../support/onnx-graph.ts';
import { copyProject, removeFolders, run } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODELS = join(ROOT, 'models');
const HAS_RUNTIME = existsSync(join(ROOT, 'node_modules/onnxruntime-node'));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-onnx-'));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeFolders();
});

test.runIf(process.env.CI && !HAS_RUNTIME)('onnxruntime-node is installed where CI runs', () => {
  expect.fail('onnxruntime-node is not installed: npm install --no-save --ignore-scripts onnxruntime-node');
});

function predict(functions: Deployment, message: unknown) {
  return functions.send({ method: 'POST', path: '/predict', body: JSON.stringify(message) });
}

/** How far the answered probabilities are from those of the trainer. */
function largestError(body: unknown): number {
  const { ndarray } = JSON.parse(body as string).data as { ndarray: number[][] };
  expect(ndarray).toHaveLength(expected.probabilities.length);
  return Math.max(
    ...ndarray.flatMap((row, at) =>
      row.map((value, column) => Math.abs(value - (expected.probabilities[at]?.[column] as number))),
    ),
  );
}

describe.skipIf(!HAS_RUNTIME)('DigitsOnnx (onnxruntime-node has to be installed)', () => {
  const start = () => deploy({ MODEL_DIR: MODELS, MODEL_NAME: 'DigitsOnnx' });

  test('answers the probabilities of the trained network within 1e-5', async () => {
    const { status, body } = await predict(start(), { data: { ndarray: expected.X } });
    expect(status).toBe(200);
    expect(largestError(body)).toBeLessThan(1e-5);
    expect(JSON.parse(body as string).data.names).toEqual([...'0123456789']);
  });

  test('refuses pictures of another size', async () => {
    const { status, body } = await predict(start(), { data: { ndarray: [[1, 2]] } });
    expect(status).toBe(400);
    expect(JSON.parse(body as string).status.info).toContain(
      'expected an array of numbers of shape (rows,64)',
    );
  });

  describe('packaged', () => {
    test('for x64 or arm64 as this machine, answers the same under the runtime client', async () => {
      const task = await unpackModels(join(folder, 'here'), { DigitsOnnx: join(MODELS, 'DigitsOnnx.ts') });
      const instance: Instance = await startInstance(task, 'predict');
      const event = apiGatewayV2({
        method: 'POST',
        path: '/predict',
        body: JSON.stringify({ data: { ndarray: expected.X } }),
      });
      const outcome = await instance.invoke(event);
      await instance.kill();
      const { status, body } = readResult((outcome as { result: unknown }).result);
      expect(status, body as string).toBe(200);
      expect(largestError(body)).toBeLessThan(1e-5);
    }, 120_000);

    test.each([
      ['arm64', 0xb7],
      ['x64', 0x3e],
    ] as const)(
      'for %s has binaries for Linux on it and no other',
      async (architecture, machine) => {
        const root = copyProject();
        const models = { DigitsOnnx: 'models/DigitsOnnx.ts' };
        const { zippedBytes } = await packageModels({ root, models, out: 'dist/model.zip', architecture });
        const entries = unzipSync(readFileSync(join(root, 'dist/model.zip')));
        const binaries = Object.keys(entries).filter((path) => /\.(node|so|dll|dylib)(\.|$)/.test(path));
        expect(binaries).toHaveLength(2);
        for (const path of binaries) {
          const bytes = Buffer.from(entries[path] as Uint8Array);
          expect(bytes.toString('latin1', 1, 4), path).toBe('ELF');
          expect(bytes.readUInt16LE(18), path).toBe(machine);
        }
        expect(entries['models/digits.onnx']).toEqual(
          new Uint8Array(readFileSync(join(MODELS, 'digits.onnx'))),
        );
        expect(Object.keys(entries).filter((path) => path.includes('adm-zip'))).toEqual([]);
        expect(zippedBytes).toBeLessThan(25_000_000);
        const first = readFileSync(join(root, 'dist/model.zip'));
        await packageModels({ root, models, out: 'dist/model.zip', architecture });
        expect(readFileSync(join(root, 'dist/model.zip')).equals(first)).toBe(true);
      },
      120_000,
    );
  });
});

describe.skipIf(!HAS_RUNTIME)('OnnxModel (onnxruntime-node has to be installed)', () => {
  let graphs = 0;

  /** Serves a file, alone in its folder, with no code but the model of this project. */
  function serve(file: Uint8Array, parameters: Record<string, string> = {}): Deployment {
    const models = mkdtempSync(join(folder, `graph-${graphs++}-`));
    writeFileSync(join(models, 'graph.onnx'), file);
    writeFileSync(join(models, 'OnnxModel.ts'), `export { OnnxModel } from '${MODELS}/OnnxModel.ts';\n`);
    const given = Object.entries(parameters).map(([name, value]) => ({ name, value, type: 'STRING' }));
    return deploy({
      MODEL_DIR: models,
      MODEL_NAME: 'OnnxModel',
      PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(given),
    });
  }

  const tensor = (name: string, type: keyof typeof TYPES, ...shape: (number | string)[]): GraphValue => ({
    name,
    type: TYPES[type],
    shape,
  });
  const node = (operation: string, inputs: string[], outputs: string[]): GraphNode => ({
    operation,
    inputs,
    outputs,
  });
  const identity = (type: keyof typeof TYPES, ...shape: (number | string)[]) =>
    toOnnx({
      inputs: [tensor('X', type, ...shape)],
      outputs: [tensor('Y', type, ...shape)],
      nodes: [node('Identity', ['X'], ['Y'])],
    });

  async function refusal(functions: Deployment, message: unknown): Promise<string> {
    const { status, body } = await predict(functions, message);
    expect(status, body as string).toBe(400);
    return JSON.parse(body as string).status.info;
  }

  test('serves the digits without a line of code', async () => {
    const functions = serve(readFileSync(join(MODELS, 'digits.onnx')), {
      class_names: '0,1,2,3,4,5,6,7,8,9',
    });
    const { status, body } = await predict(functions, { data: { ndarray: expected.X } });
    expect(status).toBe(200);
    expect(largestError(body)).toBeLessThan(1e-5);
    expect(JSON.parse(body as string).data.names).toEqual([...'0123456789']);
  });

  test('names the columns as every model does that has no names for them', async () => {
    const { body } = await predict(serve(identity('float32', 'n', 2)), { data: { ndarray: [[1, 2]] } });
    expect(JSON.parse(body as string).data).toEqual({ names: ['t:0', 't:1'], ndarray: [[1, 2]] });
  });

  test('says in its metadata what the graph does', async () => {
    const { send } = serve(readFileSync(join(MODELS, 'digits.onnx')));
    const { body } = await send({ method: 'GET', path: '/metadata' });
    expect(JSON.parse(body as string)).toMatchObject({
      name: 'graph',
      platform: 'onnx',
      inputs: [{ messagetype: 'tensor', schema: { shape: [64] } }],
      outputs: [{ messagetype: 'tensor', schema: { shape: [10] } }],
    });
  });

  test('takes several inputs by name, and answers several outputs by name, or the one that is chosen', async () => {
    const graph = toOnnx({
      inputs: [
        tensor('left', 'float32', 'n', 2),
        tensor('right', 'float32', 'n', 2),
        tensor('id', 'int64', 'n'),
      ],
      outputs: [tensor('sum', 'float32', 'n', 2), tensor('same', 'int64', 'n')],
      nodes: [node('Add', ['left', 'right'], ['sum']), node('Identity', ['id'], ['same'])],
    });
    const message = { jsonData: { left: [[1, 2]], right: [[10, 20.5]], id: [7] } };
    const both = await predict(serve(graph), message);
    expect(JSON.parse(both.body as string).jsonData).toEqual({ sum: [[11, 22.5]], same: [7] });
    const one = await predict(serve(graph, { output: 'sum' }), message);
    expect(JSON.parse(one.body as string).data.tensor).toEqual({ shape: [1, 2], values: [11, 22.5] });

    const functions = serve(graph);
    expect(await refusal(functions, { jsonData: { left: [[1, 2]], right: [[1, 2]] } })).toBe(
      'jsonData has no input id; expected left, right, id',
    );
    expect(await refusal(functions, { jsonData: { ...message.jsonData, ID: [1] } })).toBe(
      'jsonData has "ID", which is not an input; expected left, right, id',
    );
    expect(await refusal(functions, { data: { ndarray: [[1, 2]] } })).toContain(
      'expected jsonData with the inputs left, right, id',
    );
    const { body } = await functions.send({ method: 'GET', path: '/metadata' });
    expect(JSON.parse(body as string).inputs).toEqual([
      {
        messagetype: 'jsonData',
        schema: {
          left: { type: 'float32', shape: ['n', 2] },
          right: { type: 'float32', shape: ['n', 2] },
          id: { type: 'int64', shape: ['n'] },
        },
      },
    ]);
  });

  test.each<[keyof typeof TYPES, unknown[], unknown, string]>([
    ['float32', [1.5, -2], 'x', 'expected a number'],
    ['float64', [1e300, 0.1], null, 'expected a number'],
    [
      'int64',
      [9007199254740991, -1],
      1.5,
      'expected an integer from -9007199254740991 to 9007199254740991 (int64)',
    ],
    ['int32', [2147483647, -5], 2147483648, 'expected an integer from -2147483648 to 2147483647 (int32)'],
    ['uint8', [0, 255], 256, 'expected an integer from 0 to 255 (uint8)'],
    ['int8', [-128, 127], -129, 'expected an integer from -128 to 127 (int8)'],
    ['bool', [true, false], 2, 'expected true or false'],
    ['string', ['a', ''], 1, 'expected a text'],
  ])('takes and answers %s, and refuses what is none', async (type, values, wrong, reason) => {
    const functions = serve(identity(type, 'n'));
    const { status, body } = await predict(functions, { data: { ndarray: values } });
    expect(status, body as string).toBe(200);
    expect(JSON.parse(body as string).data.ndarray).toEqual(values);
    expect(await refusal(functions, { data: { ndarray: [values[0], wrong] } })).toContain(reason);
  });

  test.each([
    ['too few columns', [[1]], 'input X has shape (1,1); expected (n,2)'],
    ['too few axes', [1, 2], 'input X has shape (2); expected (n,2)'],
    ['rows of unequal length', [[1, 2], [1]], 'expected (n,2)'],
  ])('refuses %s', async (_name, ndarray, reason) => {
    expect(await refusal(serve(identity('float32', 'n', 2)), { data: { ndarray } })).toContain(reason);
  });

  test('refuses text where an array is asked for', async () => {
    expect(await refusal(serve(identity('float32', 'n')), { strData: 'x' })).toContain('expected an array');
  });

  test.each<[string, Uint8Array, Record<string, string>, string]>([
    [
      'a type that cannot be served',
      identity('float16', 'n'),
      {},
      'X of the ONNX graph has elements of type float16',
    ],
    ['another output', identity('float32', 'n'), { output: 'Z' }, 'parameter output is Z; expected one of Y'],
    ['another file', identity('float32', 'n'), { file: 'net.onnx' }, 'parameter file is net.onnx'],
    ['another parameter', identity('float32', 'n'), { fiel: 'x' }, 'parameter fiel ("x") is unknown'],
    ['what is no ONNX', Buffer.from('no'), {}, 'protobuf parsing failed'],
  ])('does not start with %s, and says why', async (_name, file, parameters, reason) => {
    const { status, body } = await predict(serve(file, parameters), { data: { ndarray: [1] } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(body as string).status.info.toLowerCase()).toContain(reason.toLowerCase());
  });
});

describe('npm run package', () => {
  const CLI = [process.execPath, '--import', 'tsx', 'src/cli/package.ts'];

  test('names a package that is not installed', async () => {
    const project = copyProject();
    writeFileSync(
      join(project, 'models/Lost.ts'),
      "import { x } from '@not/installed/deep';\nexport class Lost { x = x }\n",
    );
    const { code, text } = await run(project, [...CLI, '--model', 'models/Lost.ts']);
    expect(code).toBe(2);
    expect(text.trim()).toBe(
      'models/Lost.ts:1:19: the package @not/installed is not installed: npm install @not/installed',
    );
  });

  test('takes the files that a model names, and more that are asked for', async () => {
    const project = copyProject();
    writeFileSync(join(project, 'models/weights.bin'), 'w');
    writeFileSync(join(project, 'more.bin'), 'm');
    writeFileSync(
      join(project, 'models/Heavy.ts'),
      "import { modelFile } from 'seldon-lambda';\n// not modelFile('comment.bin')\nexport class Heavy { load() { return modelFile(`weights.bin`); } }\n",
    );
    const { code, text } = await run(project, [...CLI, '-m', 'models/Heavy.ts', '-f', 'more.bin']);
    expect(text).not.toContain('warning');
    expect(code).toBe(0);
    expect(readdirSync(join(project, 'dist/model/models')).sort()).toEqual([
      'Heavy.mjs',
      'more.bin',
      'weights.bin',
    ]);
  });

  test.each([
    [
      "modelFile('gone.bin')",
      2,
      /^models\/Heavy\.ts: modelFile\('gone\.bin'\): .*gone\.bin does not exist\n\(put the file there; or set MODEL_URI/,
    ],
    [
      "modelFile('../package.json')",
      2,
      /^models\/Heavy\.ts: modelFile\('\.\.\/package\.json'\): expected a file in /,
    ],
    [
      'modelFile(name)',
      0,
      /^warning: models\/Heavy\.ts: modelFile\(name\): expected a literal text; the file is not in the zip/,
    ],
  ])('says what is wrong with %s', async (call, expectedCode, message) => {
    const project = copyProject();
    writeFileSync(
      join(project, 'models/Heavy.ts'),
      `import { modelFile } from 'seldon-lambda';\nexport class Heavy { load(name: string) { return ${call}; } }\n`,
    );
    const { code, text } = await run(project, [...CLI, '-m', 'models/Heavy.ts']);
    expect({ code, text }).toEqual({ code: expectedCode, text: expect.stringMatching(message) });
  });

  test('refuses a zip that Lambda takes from S3 only, unless it goes there', async () => {
    const project = copyProject();
    writeFileSync(join(project, 'large.bin'), randomBytes(51 * 2 ** 20));
    const large = [...CLI, '-m', 'models/Iris.ts', '-f', 'large.bin'];
    const { code, text } = await run(project, large);
    expect(code).toBe(2);
    expect(text).toMatch(/^models\/large\.bin +53477376 /m);
    expect(text).toContain(
      'dist/model.zip has 51.2 MB; Lambda accepts at most 50.0 MB unless the zip comes from S3',
    );
    expect(await run(project, [...large, '--s3'])).toMatchObject({ code: 0 });
  });

  test('refuses an architecture that there is no binary for', async () => {
    const project = copyProject();
    const home = join(project, 'vendor/node_modules/only-x64');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"name":"only-x64","main":"index.js"}');
    writeFileSync(join(home, 'index.js'), 'module.exports = require("./build/x.node");\n');
    mkdirSync(join(home, 'build'));
    const header = Buffer.alloc(64);
    header.write('\x7fELF', 'latin1');
    header.writeUInt16LE(0x3e, 18);
    writeFileSync(join(home, 'build/x.node'), header);
    writeFileSync(join(project, 'vendor/Native.ts'), "import 'only-x64';\nexport class Native {}\n");
    const { code, text } = await run(project, [...CLI, '-m', 'vendor/Native.ts']);
    expect({ code, text: text.trim() }).toEqual({
      code: 2,
      text: 'the package only-x64 has no binary for Linux on arm64; it has build/x.node',
    });
    expect(await run(project, [...CLI, '-m', 'vendor/Native.ts', '--arch', 'x64'])).toMatchObject({
      code: 0,
    });
    expect(await run(project, [...CLI, '-m', 'vendor/Native.ts', '--arch', 'mips'])).toMatchObject({
      code: 2,
      text: '--arch mips: expected arm64 or x64\n',
    });
  });
});
