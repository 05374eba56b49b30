import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeCreatePackage } from '../../src/bundle/create-package.ts';
import { writeFiles } from '../support/packages.ts';
import { removeFolders, run, temporaryFolder } from '../support/project.ts';
import { cli, quick, quickProgram, userFolder } from '../support/user-project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');
const json = (...path: readonly string[]) => JSON.parse(read(...path));

afterAll(removeFolders, 60_000);

describe('init fraud', () => {
  let folder: string;
  let project: string;
  let said: Awaited<ReturnType<typeof quick>>;
  let added: Awaited<ReturnType<typeof quick>>;

  beforeAll(async () => {
    folder = userFolder();
    project = join(folder, 'fraud');
    said = await quick(folder, ['init', 'fraud', '--no-install']);
    added = await quick(project, ['new', 'Chooser', '--type', 'ROUTER']);
  }, 120_000);

  test('writes a project, lists its files, and says what to do next', () => {
    expect(said.code).toBe(0);
    const [files = '', next] = said.text.split('\n\n');
    expect(files.split('\n').sort()).toEqual(
      [
        '.gitignore',
        'README.md',
        'models/Fraud.contract.json',
        'models/Fraud.ts',
        'package.json',
        'serverless.yml',
        'test/Fraud.test.ts',
        'tsconfig.json',
      ].map((path) => `fraud/${path}`),
    );
    expect(next).toBe('  cd fraud\n  npm install\n  npm start\n  npm test\n');
  });

  test('the settings are short, and new adds its model to them', () => {
    expect(parse(read(project, 'serverless.yml'))).toEqual({
      service: 'fraud',
      provider: { name: 'aws' },
      plugins: ['serverless-offline', 'seldon-lambda/serverless'],
      models: ['Fraud', 'Chooser'],
    });
  });

  test('a model that is not the first is called below its name', () => {
    expect(added.text).toContain(
      'contract models/Chooser.contract.json http://localhost:9000/chooser --endpoint route',
    );
  });

  test.each([['new', 'Late'], ['package']])(
    'a serverless.yml that is not YAML ends %s',
    async (...command) => {
      const broken = temporaryFolder();
      writeFiles(broken, { 'package.json': '{}', 'serverless.yml': 'service: a\nmodels: [\n' });
      const { code, text } = await quick(broken, command);
      expect(text).toMatch(/^serverless\.yml cannot be read: .* at line 3, column 1:?$/m);
      expect(code).toBe(2);
      expect(existsSync(join(broken, 'models'))).toBe(false);
    },
  );

  test('package.json has the scripts that the README names, and the versions that we are tested with', () => {
    const { scripts, devDependencies, ...manifest } = json(project, 'package.json');
    expect(manifest).toEqual({ name: 'fraud', version: '0.1.0', private: true, type: 'module' });
    const own = json(ROOT, 'package.json');
    expect(devDependencies).toMatchObject({
      'seldon-lambda': `^${own.version}`,
      serverless: own.devDependencies.serverless,
      'serverless-offline': own.devDependencies['serverless-offline'],
    });
    const named = [...read(project, 'README.md').matchAll(/^npm (?:run )?(\w+)/gm)].map(([, name]) => name);
    expect(named.filter((name) => name !== 'install' && !((name as string) in scripts))).toEqual([]);
    expect(named).toContain('deploy');
  });

  test('its tests pass, and so does the type checker', async () => {
    // As `npm test`, whatever this node reads by itself.
    const files = readdirSync(join(project, 'test')).map((file) => `test/${file}`);
    const tested = await run(project, [process.execPath, '--import', 'tsx', '--test', ...files]);
    expect(tested.text).toMatch(/^# pass 6$/m);
    expect(tested.code).toBe(0);
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    expect(await run(project, [tsc, '-p', '.'])).toEqual({ code: 0, text: '' });
  });

  test('its models can be packaged, where the list of the settings is the choice', async () => {
    writeFiles(project, { 'models/broken.ts': 'export const x = 1;\n' });
    const { code, text } = await cli(project, ['package', '--json']);
    const { entries, zip } = JSON.parse(text) as { entries: { path: string }[]; zip: string };
    expect(zip).toBe(join(project, 'dist/model.zip'));
    const paths = entries.map(({ path }) => path).filter((path) => path.startsWith('models/'));
    expect(paths).toEqual(['models/Chooser.mjs', 'models/Fraud.mjs']);
    expect(code).toBe(0);
  });

  test('another init changes nothing', async () => {
    const before = read(project, 'package.json');
    const { code, text } = await quick(project, ['init', '--no-install', '--json']);
    expect(JSON.parse(text)).toMatchObject({ files: [], changed: [], models: ['Chooser', 'Fraud'] });
    expect(read(project, 'package.json')).toBe(before);
    expect(code).toBe(0);
  });
});

test('init serves models that are there, by whatever name their class can be found', async () => {
  const project = temporaryFolder();
  writeFiles(project, {
    'models/churn.js': 'export default class Churn { predict(X) { return X; } }\n',
    'models/old-one.cjs': 'module.exports = class { async transformInput(X) { return X; } };\n',
    'models/scorer.ts': 'export class Scorer {\n  predictRaw = (message: object) => message;\n}\n',
    'models/reader.ts': 'export class Reader {\n  read(model) { return model.predict(1); }\n}\n',
    'models/two.ts': 'export class A { predict() {} }\nexport class B {}\n',
  });
  const { text, code } = await quick(project, ['init', '--no-install', '--json']);
  const models = ['churn', 'old-one', 'scorer.Scorer'];
  expect(JSON.parse(text)).toMatchObject({ models });
  expect(code).toBe(0);
  expect(parse(read(project, 'serverless.yml')).models).toEqual(models);
  const packaged = await cli(project, ['package', '--json']);
  expect(packaged.code, packaged.text).toBe(0);
});

describe('init in a repository that is there', () => {
  const MANIFEST = [
    '{',
    '\t"name": "@acme/risk-scores",',
    '\t"type": "commonjs",',
    '\t"scripts": {',
    '\t\t"start": "node server.js"',
    '\t},',
    '\t"dependencies": {',
    '\t\t"typescript": "^5.0.0"',
    '\t}',
    '}',
  ].join('\r\n');
  let project: string;
  let said: Awaited<ReturnType<typeof quick>>;

  beforeAll(async () => {
    project = temporaryFolder();
    writeFiles(project, {
      'package.json': MANIFEST,
      'tsconfig.json': '{}',
      'src/ml/Risk.ts': 'export class Risk { predict() { return [1]; } }\n',
      'src/ml/weights.ts': 'export const weights = [1];\n',
    });
    said = await quick(project, ['init', '--models', 'src/ml/', '--no-install']);
  }, 60_000);

  test('keeps every file, and serves the models that are there', () => {
    expect(said.code).toBe(0);
    expect(said.text).toContain('tsconfig.json exists already, and stays as it is');
    expect(read(project, 'tsconfig.json')).toBe('{}');
    expect(parse(read(project, 'serverless.yml'))).toMatchObject({
      service: 'risk-scores',
      models: ['Risk'],
      modelFolder: 'src/ml',
    });
    expect(existsSync(join(project, 'models'))).toBe(false);
    expect(existsSync(join(project, 'test'))).toBe(false);
  });

  test('adds to package.json only what is missing, and keeps its form', () => {
    const text = read(project, 'package.json');
    const { scripts, dependencies, devDependencies, ...manifest } = JSON.parse(text);
    expect(manifest).toEqual({ name: '@acme/risk-scores', type: 'commonjs' });
    expect(scripts).toMatchObject({ start: 'node server.js', package: 'seldon-lambda package' });
    expect(dependencies).toEqual({ typescript: '^5.0.0' });
    expect(Object.keys(devDependencies)).toContain('seldon-lambda');
    expect(Object.keys(devDependencies)).not.toContain('typescript');
    expect(text.startsWith('{\r\n\t"name"')).toBe(true);
    expect(text.endsWith('}')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(said.text).toContain('package.json has a script start of its own, which stays');
    expect(said.text).toContain('\n  npx seldon-lambda start\n');
  });

  test('new writes into the folder of its models', async () => {
    const { code, text } = await quick(project, ['new', 'Chooser', '--type', 'ROUTER', '--json']);
    expect(JSON.parse(text)).toEqual({
      files: ['src/ml/Chooser.ts', 'src/ml/Chooser.contract.json', 'test/Chooser.test.ts'],
      changed: ['serverless.yml'],
    });
    expect(read(project, 'test/Chooser.test.ts')).toContain("from '../src/ml/Chooser.ts'");
    expect(code).toBe(0);
  });
});

test('in a CommonJS repository, the test is for vitest, and passes', async () => {
  const project = userFolder();
  writeFiles(project, { 'package.json': '{ "name": "old-shop" }' });
  expect(await quick(project, ['init', '--no-install'])).toMatchObject({ code: 0 });
  const { scripts, devDependencies } = json(project, 'package.json');
  expect([scripts.test, devDependencies.vitest]).toEqual(['vitest run', expect.stringMatching(/^\^\d/)]);
  expect(devDependencies).not.toHaveProperty('tsx');
  const { code, text } = await run(project, ['node_modules/.bin/vitest', 'run']);
  expect(text).toMatch(/4 passed/);
  expect(code).toBe(0);
}, 60_000);

test('the test that npm init writes, which fails, is no test of the project', async () => {
  const scripts = { test: 'echo "Error: no test specified" && exit 1', lint: 'eslint' };
  for (const [type, test] of [
    ['commonjs', 'vitest run'],
    ['module', 'node --import tsx --test test/*.test.ts'],
  ]) {
    const project = temporaryFolder();
    writeFiles(project, { 'package.json': { name: 'old-shop', type, scripts } });
    const { text } = await quick(project, ['init', '--no-install']);
    expect(text).toContain('package.json: added scripts.start, scripts.test, ');
    expect(json(project, 'package.json').scripts).toMatchObject({ test, lint: 'eslint' });
  }
});

test.each([
  ['yarn/1.22.22 npm/? node/v20', '  yarn install\n  yarn run start\n  yarn run test'],
  ['pnpm/10.1.0 npm/? node/v22', '  pnpm install\n  pnpm run start\n  pnpm run test'],
])('the commands are those of the package manager: %s', async (npm_config_user_agent, next) => {
  const { text } = await quick(temporaryFolder(), ['init', 'x', '--no-install'], { npm_config_user_agent });
  expect(text).toContain(`\n  cd x\n${next}\n`);
});

test('the packages are installed, and a failure is said', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'bin/npm': '#!/bin/sh\necho "$@ in $PWD"\nexit $NPM_CODE\n' });
  await run(folder, ['chmod', '+x', 'bin/npm']);
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  // npm writes to the outputs of the process itself.
  const init = (name: string, NPM_CODE: string) =>
    run(folder, [process.execPath, quickProgram(), 'init', name, '--yes'], { PATH, NPM_CODE });
  const good = await init('one', '0');
  expect(good.text).toContain(`install in ${join(folder, 'one')}\n`);
  expect(good.text).toMatch(/\n {2}cd one\n {2}npm start\n/);
  const bad = await init('two', '3');
  expect(bad.text).toContain(`npm install failed (3); run it again in ${join(folder, 'two')}`);
  expect(bad.code).toBe(2);
}, 60_000);

describe('init refuses', () => {
  test.each([
    [
      ['fine', '--name', 'Fraud'],
      '"Fraud" cannot be the name of a package; expected lower-case letters, digits and hyphens, as fraud',
    ],
    [
      ['fine', '--type', 'GRAPH'],
      '--type: expected one of MODEL, ROUTER, TRANSFORMER, COMBINER, got "GRAPH"',
    ],
    [['fine', '--models', '../up'], '--models: expected a folder below the project'],
    [['a', 'b'], 'expected one folder, got a b'],
    [['file'], 'file is a file; expected a folder'],
  ])('%j, and then writes nothing', async (args, sentence) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const { code, text } = await quick(folder, ['init', ...args, '--no-install']);
    expect(text).toContain(sentence);
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('a package.json that cannot be read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{');
    const { code, text } = await quick(folder, ['init', '--no-install']);
    expect(text).toMatch(/package\.json: .*JSON/);
    expect(code).toBe(2);
  });
});

test('npm create seldon-lambda runs init', async () => {
  const folder = userFolder();
  const create = join(folder, 'node_modules/create-seldon-lambda');
  mkdirSync(create);
  writeCreatePackage(ROOT, create);
  const { bin, dependencies } = json(create, 'package.json');
  const { code } = await run(folder, [
    process.execPath,
    join(create, bin['create-seldon-lambda']),
    'fraud',
    '--no-install',
  ]);
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'fraud/models/Fraud.ts'))).toBe(true);
  expect(dependencies).toEqual({ 'seldon-lambda': json(ROOT, 'package.json').version });
});
