import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeFiles } from '../support/packages.ts';
import { removeFolders, run, start, temporaryFolder } from '../support/project.ts';
import { quick, quickProgram } from '../support/user-project.ts';

afterAll(removeFolders, 60_000);

/** All files and folders below a folder. */
const allIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/** One sentence, exit code 2, and nothing written. */
async function expectRefused(folder: string, args: readonly string[], sentence: RegExp): Promise<void> {
  const before = allIn(folder);
  const { code, text } = await quick(folder, args);
  expect(text).toMatch(/^[^\n]+\n$/);
  expect(text).toMatch(sentence);
  expect(code).toBe(2);
  expect(allIn(folder)).toEqual(before);
}

const INIT = ['init', '--no-install'];

describe('a package.json that is wrong is named, and nothing is written:', () => {
  test.each<[contents: string, sentence: RegExp]>([
    ['[]', /package\.json: expected a JSON object/],
    ['null', /package\.json: expected a JSON object/],
    ['{ "name": 5 }', /package\.json: name is 5; expected a text/],
    ['{ "scripts": "start" }', /package\.json: scripts is "start"; expected an object/],
    ['{ "dependencies": ["x"] }', /package\.json: dependencies is \["x"\]; expected an object/],
    ['{ "devDependencies": true }', /package\.json: devDependencies is true; expected an object/],
  ])('%s', async (contents, sentence) => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'package.json': contents });
    await expectRefused(folder, INIT, sentence);
    await expectRefused(folder, ['new', 'Fraud'], sentence);
  });
});

describe('a file that is a folder is named, and nothing is written:', () => {
  test.each<[name: string, command: readonly string[]]>([
    ['package.json', INIT],
    ['serverless.yml', INIT],
    ['serverless.yml', ['new', 'Fraud']],
    ['package.json', ['new', 'Fraud']],
  ])('%s for %j', async (name, command) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, name));
    await expectRefused(folder, command, new RegExp(`${name} cannot be read: EISDIR`));
  });

  test('for doctor, which goes on with the other checks', async () => {
    const folder = temporaryFolder();
    for (const name of ['package.json', 'tsconfig.json']) {
      mkdirSync(join(folder, name));
    }
    const { code, text } = await quick(folder, ['doctor']);
    for (const name of ['package.json', 'tsconfig.json']) {
      expect(text).toMatch(new RegExp(`^fail  .*${name} cannot be read: EISDIR: [a-z ]+$`, 'm'));
    }
    expect(text).toMatch(/^ok {4}node/m);
    expect(text).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });
});

test('a folder without a name, and a folder instead of a model, are refused', async () => {
  const folder = temporaryFolder();
  await expectRefused(folder, ['init', '', '--no-install'], /^expected the name of a folder, got ""$/m);
  await expectRefused(folder, ['package', '--model', folder], /^there is no model file /);
});

test('a folder that cannot be made is named with its path', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expectRefused(
    folder,
    ['init', 'file/below', '--no-install'],
    /^file\/below\/package\.json cannot be written: ENOTDIR/,
  );
});

test('a name that is too long for the functions of AWS is cut', async () => {
  const folder = temporaryFolder();
  const name = `${'a'.repeat(39)}-${'b'.repeat(60)}`;
  expect(await quick(folder, ['init', name, '--no-install'])).toMatchObject({ code: 0 });
  const { service } = parse(readFileSync(join(folder, name, 'serverless.yml'), 'utf8'));
  expect(service).toBe('a'.repeat(39));
});

describe('what cannot be written as a whole is taken back:', () => {
  test.each<[name: string, what: 'a file' | 'a link to nothing', sentence: RegExp]>([
    ['models', 'a file', /^models\/Fraud\.ts cannot be written: ENOTDIR: not a directory\n$/],
    ['test', 'a file', /^test\/Fraud\.test\.ts cannot be written: ENOTDIR: not a directory\n$/],
    ['test', 'a link to nothing', /^test\/Fraud\.test\.ts cannot be written: .+\n$/],
  ])('%s is %s', async (name, what, sentence) => {
    const folder = temporaryFolder();
    const make = () =>
      what === 'a file'
        ? writeFileSync(join(folder, name), 'mine')
        : symlinkSync('nowhere', join(folder, name));
    make();
    await expectRefused(folder, [...INIT, '--name', 'fraud'], sentence);
    await expectRefused(folder, ['new', 'Fraud'], sentence);
    expect(lstatSync(join(folder, name)).isDirectory()).toBe(false);
  });

  test('a model whose file is a link to nothing', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'models'));
    symlinkSync('nowhere', join(folder, 'models/Fraud.contract.json'));
    await expectRefused(folder, ['new', 'Fraud'], /already exists|is there already/);
  });
});

test('package.json and serverless.yml stay links, with their modes', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'real/package.json': '{ "name": "shop" }',
    'real/serverless.yml': 'service: shop\nmodels: []\n',
  });
  await run(folder, ['chmod', '640', 'real/package.json']);
  symlinkSync('real/package.json', join(folder, 'package.json'));
  symlinkSync('real/serverless.yml', join(folder, 'serverless.yml'));
  expect(await quick(folder, INIT)).toMatchObject({ code: 0 });
  expect(await quick(folder, ['new', 'Other'])).toMatchObject({ code: 0 });
  for (const name of ['package.json', 'serverless.yml']) {
    expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
  }
  expect(lstatSync(join(folder, 'real/package.json')).mode & 0o777).toBe(0o640);
  expect(parse(readFileSync(join(folder, 'real/serverless.yml'), 'utf8')).models).toEqual(['Other']);
  expect(readdirSync(join(folder, 'real')).sort()).toEqual(['package.json', 'serverless.yml']);
});

describe('names that are something else in YAML are texts there:', () => {
  test.each([
    ['null', { service: 'null', models: ['Null'] }],
    ['true', { service: 'true', models: ['True'] }],
    ['1e3', { service: 'model-1e3', models: ['Model1e3'] }],
  ])('%s', async (name, settings) => {
    const folder = temporaryFolder();
    expect(await quick(folder, ['init', name, '--no-install'])).toMatchObject({ code: 0 });
    const file = join(folder, name, 'serverless.yml');
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject(settings);
    expect(await quick(join(folder, name), ['new', 'False'])).toMatchObject({ code: 0 });
    expect(parse(readFileSync(file, 'utf8')).models).toEqual([...settings.models, 'False']);
  });
});

test('a repository whose name npm would not publish becomes a project', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'package.json': '{ "name": "MyShop" }', 'models/(a+.ts': 'export const x = 1;\n' });
  expect(await quick(folder, INIT)).toMatchObject({ code: 0 });
  const settings = parse(readFileSync(join(folder, 'serverless.yml'), 'utf8'));
  expect(settings).toMatchObject({ service: 'my-shop', models: ['MyShop'] });
  expect(existsSync(join(folder, 'models/MyShop.ts'))).toBe(true);
});

test.each([["a'b"], ['a"b'], ['a`b'], ['a$b'], ['a\nb'], ['a:b']])(
  'a folder of models that no import could have is refused: %j',
  async (name) => {
    await expectRefused(temporaryFolder(), [...INIT, '--models', name], /^--models: expected a folder/);
  },
);

test('a signal ends init before its files are written, or after all of them', async () => {
  const folder = temporaryFolder();
  const command = [process.execPath, quickProgram(), 'init', 'fraud', '--no-install'];
  const { process: child, ended } = start(folder, command);
  while (!existsSync(join(folder, 'fraud'))) {
    await new Promise(setImmediate);
  }
  child.kill('SIGINT');
  // A process that is about to end has no handlers any more.
  expect([0, 130, 'SIGINT']).toContain(await ended);
  expect(allIn(join(folder, 'fraud'))).toEqual([
    '.gitignore',
    'README.md',
    'models',
    'models/Fraud.contract.json',
    'models/Fraud.ts',
    'package.json',
    'serverless.yml',
    'test',
    'test/Fraud.test.ts',
    'tsconfig.json',
  ]);
});

describe('a serverless.yml that YAML cannot have is named', () => {
  test.each([
    ['an alias of nothing', 'models: *none\n', /^serverless\.yml cannot be read: .*none/],
    ['a name twice', 'service: a\nservice: b\n', /^serverless\.yml cannot be read: .*unique/],
    ['a text', 'service', /^serverless\.yml cannot be read: it is "service"; expected members by name/],
    ['a list', '- service', /^serverless\.yml cannot be read: it is \["service"\]; expected members/],
  ])('%s', async (_what, text, sentence) => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'serverless.yml': text });
    await expectRefused(folder, ['new', 'Fraud'], sentence);
    const { stdout } = await doctor(folder);
    expect(stdout.filter((line) => /cannot be read/.test(line))).toHaveLength(1);
  });

  test.each([
    ['models: Fraud', /models in serverless\.yml is "Fraud"; expected names/],
    ['models: [[Fraud]]', /models has \["Fraud"\]; expected a name/],
    ['models: { Fraud: 5 }', /models\.Fraud is 5; expected settings/],
  ])('to package: %s', async (text, sentence) => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'serverless.yml': `${text}\n`, 'models/Fraud.ts': 'export class Fraud {}\n' });
    await expectRefused(folder, ['package'], sentence);
  });
});

/** The lines that doctor prints for a folder, without those about the machine. */
async function doctor(folder: string, ...args: readonly string[]) {
  const { code, text } = await quick(folder, ['doctor', ...args]);
  expect(text).not.toMatch(/^\s+at /m);
  return { code, stdout: text.split('\n') };
}

describe('doctor --fix', () => {
  const settings = (text: string) => `service: shop\nprovider: { name: aws }\n${text}`;

  test('offers nothing for a list that it cannot add to, and leaves the file as it is', async () => {
    const folder = temporaryFolder();
    const text = settings('plugins: a text\nmodels: another\n');
    writeFiles(folder, { 'serverless.yml': text });
    const { stdout } = await doctor(folder, '--fix');
    expect(stdout.join('\n')).toMatch(/add it to plugins: \[.*\]\n/);
    expect(readFileSync(join(folder, 'serverless.yml'), 'utf8')).toBe(text);
  });

  test('reads plugins that stand beside a folder', async () => {
    const folder = temporaryFolder();
    const plugins =
      'plugins: { localPath: ./own, modules: [serverless-offline, seldon-lambda/serverless] }\n';
    writeFiles(folder, { 'serverless.yml': settings(`${plugins}models: [Fraud]\n`) });
    const { stdout } = await doctor(folder);
    expect(stdout.join('\n')).toContain('has the plugins and the models');
  });

  test('keeps the line ends and the mark of Windows', async () => {
    const folder = temporaryFolder();
    const text = `\ufeff${settings('models: [Fraud]\n').replaceAll('\n', '\r\n')}`;
    writeFiles(folder, { 'serverless.yml': text, 'tsconfig.json': '\ufeff{}\r\n' });
    const { stdout } = await doctor(folder, '--fix');
    expect(stdout.filter((line) => line.startsWith('fixed'))).toHaveLength(3);
    expect(readFileSync(join(folder, 'serverless.yml'), 'utf8')).toBe(
      `${text}\r\nplugins:\r\n  - serverless-offline\r\n  - seldon-lambda/serverless\r\n`,
    );
    const types = readFileSync(join(folder, 'tsconfig.json'), 'utf8');
    expect(types).toContain('"moduleResolution": "bundler"');
  });

  test('leaves a tsconfig.json that compiles to CommonJS, and writes one for the models', async () => {
    const folder = temporaryFolder();
    const types = '{ "compilerOptions": { "module": "CommonJS", "outDir": "dist" }, "include": ["src"] }';
    writeFiles(folder, { 'tsconfig.json': types, 'serverless.yml': settings('modelFolder: src/ml\n') });
    const { stdout } = await doctor(folder);
    expect(stdout.join('\n')).toContain(
      'write src/ml/tsconfig.json for the models, and add "src/ml" to "exclude"',
    );
    const fixed = await doctor(folder, '--fix');
    expect(fixed.stdout).toContain('fixed src/ml/tsconfig.json: written');
    expect(fixed.stdout.join('\n')).toMatch(/ok +tsconfig\.json +finds the types/);
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe(types);
  });

  test('names a package of another major version, and asks for ours', async () => {
    const folder = temporaryFolder();
    const asked = { 'seldon-lambda': '*', serverless: '^3.0.0', 'serverless-offline': '^14.0.0' };
    writeFiles(folder, {
      'package.json': { dependencies: { serverless: '^3.0.0' }, devDependencies: asked },
      'node_modules/serverless/package.json': { name: 'serverless', version: '3.39.0' },
      'node_modules/serverless/bin/serverless.js': '',
      'node_modules/serverless-offline/package.json': {
        name: 'serverless-offline',
        version: '14.0.1',
        main: 'a.js',
      },
      'node_modules/serverless-offline/a.js': '',
    });
    const { stdout, code } = await doctor(folder, '--fix');
    expect(stdout.join('\n')).toMatch(
      /fail +packages +serverless 3\.39\.0 is installed; seldon-lambda \S+ works with npm:osls@\^4/,
    );
    expect(code).toBe(1);
    const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(devDependencies).toEqual({ ...asked, serverless: expect.stringMatching(/^npm:osls@\^4/) });
  });
});

test.each([
  [{ HTTP_PORT: 'NaN' }, 'httpPort is "NaN"'],
  [{ HTTP_PORT: '' }, 'httpPort is ""'],
  [{ HTTP_PORT: '65534' }, 'lambdaPort is 65536'],
  [{ LAMBDA_PORT: '9e3' }, 'lambdaPort is "9e3"'],
])('doctor names a port that is none: %j', async (environment, sentence) => {
  const { text } = await quick(temporaryFolder(), ['doctor'], environment);
  expect(text).toContain(`${sentence}; expected a port, 1 to 65535`);
  expect(text).not.toMatch(/^\s+at /m);
});
