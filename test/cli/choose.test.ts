import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { chooseModel, EXAMPLES } from '../../src/bundle/model-sources.ts';
import { refreshZip } from '../../src/deploy/refresh-zip.ts';
import type { Serverless } from '../../src/deploy/serverless-types.ts';
import { copyProject, removeFolders, temporaryFolder } from '../support/project.ts';
import { program } from '../support/shared-program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OWN = 'export class Fraud { predict() { return "fraud"; } }\n';

afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders, 60_000);

/** The configuration of serverless as far as the zip depends on it. */
function configuration(serviceDir: string, MODEL_NAME = 'Iris'): Serverless {
  const provider = { architecture: 'arm64', environment: { MODEL_NAME, MODEL_URI: null } };
  return {
    serviceDir,
    configurationInput: {},
    processedInput: { commands: [], options: {} },
    service: { provider, functions: {}, package: { artifact: 'dist/model.zip' } },
  } as unknown as Serverless;
}

test('the examples are the models of this project', () => {
  const names = readdirSync(join(ROOT, 'models')).flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? []);
  expect([...EXAMPLES]).toEqual(names.sort());
});

describe('without MODEL_NAME, where the user has models,', () => {
  // Without handlers of its own, which would be bundled as those of a user.
  const project = temporaryFolder();
  const REFUSED = /has the models Fraud, DigitsOnnx, .*; choose the one to serve, as with MODEL_NAME=Fraud$/;
  cpSync(join(ROOT, 'models'), join(project, 'models'), { recursive: true });
  writeFileSync(join(project, 'models/Fraud.ts'), OWN);

  test('an example is not packaged: the models are listed', async () => {
    await expect(refreshZip(configuration(project))).rejects.toThrow(REFUSED);
    expect(existsSync(join(project, 'dist'))).toBe(false);
  });

  test('nor served', () => {
    expect(() => chooseModel(join(project, 'models'), undefined, 'Iris')).toThrow(REFUSED);
    expect(() => chooseModel(join(project, 'models'), '', 'Iris')).toThrow(REFUSED);
  });

  test('an example is served to who asks for it, and a model to who names it in serverless.yml', () => {
    expect(chooseModel(join(project, 'models'), 'Iris', 'Iris').modelName).toBe('Iris');
    expect(chooseModel(join(project, 'models'), undefined, 'Fraud').modelName).toBe('Fraud');
  });

  test('nor is an example taken from a zip of several models', async () => {
    vi.stubEnv('MODEL_NAME', 'Fraud');
    const chosen = configuration(project);
    await refreshZip(chosen);
    expect(chosen.service.provider.environment.MODEL_NAME).toBe('Fraud');
    vi.unstubAllEnvs();
    const metafile = join(project, 'dist/meta.json');
    const meta = JSON.parse(readFileSync(metafile, 'utf8'));
    meta.outputs['dist/model/models/Iris.mjs'] = { entryPoint: 'models/Iris.ts' };
    writeFileSync(metafile, JSON.stringify(meta));
    await expect(refreshZip(configuration(project))).rejects.toThrow(
      'dist/model.zip has the models Fraud, Iris; choose the one to serve, as with MODEL_NAME=Fraud',
    );
  });
});

test('in a fresh clone, the models whose packages are not installed are left out, and named', async () => {
  const project = copyProject();
  rmSync(join(project, 'node_modules'));
  mkdirSync(join(project, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== 'onnxruntime-node')) {
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  }
  const { code, text } = await program(project, ['package']);
  expect(text).toMatch(
    /^warning: without DigitsOnnx, OnnxModel, as they need what is not installed:\n.*onnxruntime-node is not installed: npm install onnxruntime-node$/m,
  );
  expect(code).toBe(0);
  const paths = Object.keys(unzipSync(readFileSync(join(project, 'dist/model.zip'))));
  expect(paths.filter((path) => path.startsWith('models/'))).toEqual([
    'models/EpsilonGreedy.mjs',
    'models/Iris.mjs',
    'models/MeanCombiner.mjs',
    'models/StandardScaler.mjs',
    'models/ThompsonSampling.mjs',
  ]);
  const named = await program(project, ['package', '--model', 'models/OnnxModel.ts']);
  expect(named.code).toBe(2);
});
