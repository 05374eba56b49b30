import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Architecture } from '../../src/bundle/machine.ts';
import { packageModels } from '../../src/bundle/package.ts';
import expected from '../fixtures/digits-expected.json' with { type: 'json' };
import { apiGatewayV2, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { type Instance, startInstance } from '../support/lambda-instance.ts';
import { once } from '../support/once.ts';
import { HAS_RUNTIME, MODELS } from '../support/onnx-model.ts';
import { writeFiles } from '../support/packages.ts';
import { copyProject, removeFolders } from '../support/project.ts';
import { program } from '../support/shared-program.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-onnx-'));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeFolders();
}, 60_000);

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

  test('refuses a pixel that would become infinite', async () => {
    const { status, body } = await predict(start(), {
      data: { ndarray: [Array.from({ length: 64 }, () => 1e300)] },
    });
    expect(status).toBe(400);
    expect(JSON.parse(body as string).status.info).toContain('element 0 of input X is 1e+300; expected');
  });

  describe('packaged', () => {
    const copy = once(() => copyProject());

    async function pack(architecture: Architecture) {
      const root = copy();
      const out = join(root, `dist/${architecture}.zip`);
      const models = { DigitsOnnx: 'models/DigitsOnnx.ts' };
      const { zippedBytes } = await packageModels({ root, library: root, models, out, architecture });
      return { zippedBytes, zip: readFileSync(out) };
    }

    const first = { arm64: once(() => pack('arm64')), x64: once(() => pack('x64')) };

    test('for x64 or arm64 as this machine, answers the same under the runtime client', async () => {
      const { zip } = await first[process.arch === 'x64' ? 'x64' : 'arm64']();
      const task = join(folder, 'here');
      writeFiles(task, unzipSync(zip));
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
        const { zippedBytes, zip } = await first[architecture]();
        const entries = unzipSync(zip);
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
        expect((await pack(architecture)).zip.equals(zip)).toBe(true);
      },
      120_000,
    );
  });
});

describe('npm run package', () => {
  let project: string;
  /** In one process, and one project: what they load is loaded once. */
  const pack = (...args: readonly string[]) => program(project, ['package', ...args]);

  beforeAll(() => {
    project = copyProject();
  });

  test('names a package that is not installed', async () => {
    writeFileSync(
      join(project, 'models/Lost.ts'),
      "import { x } from '@not/installed/deep';\nexport class Lost { x = x }\n",
    );
    const { code, text } = await pack('--model', 'models/Lost.ts');
    expect(code).toBe(2);
    expect(text.trim()).toBe(
      'models/Lost.ts:1:19: the package @not/installed is not installed: npm install @not/installed',
    );
  });

  test('takes the files that a model names, and more that are asked for', async () => {
    writeFileSync(join(project, 'models/weights.bin'), 'w');
    writeFileSync(join(project, 'more.bin'), 'm');
    writeFileSync(
      join(project, 'models/Heavy.ts'),
      "import { modelFile } from 'seldon-lambda';\n// not modelFile('comment.bin')\nexport class Heavy { load() { return modelFile(`weights.bin`); } }\n",
    );
    const { code, text } = await pack('-m', 'models/Heavy.ts', '-f', 'more.bin');
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
    writeFileSync(
      join(project, 'models/Heavy.ts'),
      `import { modelFile } from 'seldon-lambda';\nexport class Heavy { load(name: string) { return ${call}; } }\n`,
    );
    const { code, text } = await pack('-m', 'models/Heavy.ts');
    expect({ code, text }).toEqual({ code: expectedCode, text: expect.stringMatching(message) });
  });

  test('refuses a zip that Lambda takes from S3 only, unless it goes there', async () => {
    writeFileSync(join(project, 'large.bin'), randomBytes(51 * 2 ** 20));
    const large = ['-m', 'models/Iris.ts', '-f', 'large.bin'];
    const { code, text } = await pack(...large);
    expect(code).toBe(2);
    expect(text).toMatch(/^models\/large\.bin +53477376 /m);
    // It was written, and has the size that the command names.
    const megabytes = statSync(join(project, 'dist/model.zip')).size / 2 ** 20;
    expect(text).toContain(
      `dist/model.zip has ${megabytes.toFixed(1)} MB; Lambda accepts at most 50.0 MB unless the zip comes from S3`,
    );
    expect(await pack(...large, '--s3')).toMatchObject({ code: 0 });
  }, 120_000);

  test('refuses an architecture that there is no binary for', async () => {
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
    const { code, text } = await pack('-m', 'vendor/Native.ts');
    expect({ code, text: text.trim() }).toEqual({
      code: 2,
      text: 'the package only-x64 has no binary for Linux on arm64; it has build/x.node',
    });
    expect(await pack('-m', 'vendor/Native.ts', '--arch', 'x64')).toMatchObject({
      code: 0,
    });
    expect(await pack('-m', 'vendor/Native.ts', '--arch', 'mips')).toMatchObject({
      code: 2,
      text: '--arch mips: expected arm64 or x64\n',
    });
  });
});
