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
import { BIN, cli, quick, quickProgram, userFolder } from '../support/user-project.ts';

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

test.each<readonly string[]>([
  ['new', 'Other'],
  ['package'],
  ['start'],
  ['doctor'],
  ['batch', 'Fraud.ts', 'out', '--model', 'Fraud'],
])('%s in a folder of a project says where the project is, and writes nothing', async (...args) => {
  const project = userFolder();
  writeFiles(project, {
    'package.json': '{}',
    'serverless.yml': 'plugins: [serverless-offline, seldon-lambda/serverless]\nmodels: [Fraud]\n',
    'src/models/Fraud.ts': 'export class Fraud { predict() { return [1]; } }\n',
  });
  const folder = join(project, 'src/models');
  const { code, text } = await cli(folder, args);
  expect(text).toContain(
    `${folder} is a folder of the project ${project}: run the command there, cd ../..\n`,
  );
  expect({ code, files: readdirSync(folder) }).toEqual({ code: 2, files: ['Fraud.ts'] });
});

test('new adds no model that could not be served beside the others', async () => {
  const project = userFolder();
  const settings = 'plugins: [serverless-offline, seldon-lambda/serverless]\nmodels: [Fraud]\n';
  writeFiles(project, {
    'package.json': '{}',
    'serverless.yml': settings,
    'models/Fraud.ts': 'export class Fraud { predict() { return [1]; } }\n',
  });
  const sentence = /^the model Predict would be served at \/predict, which is the beginning of a path /;
  await expectRefused(project, ['new', 'Predict'], sentence);
  expect(readdirSync(join(project, 'models'))).toEqual(['Fraud.ts']);
  expect(readFileSync(join(project, 'serverless.yml'), 'utf8')).toBe(settings);
});

test('package takes a model by its name or its file, and nothing that cannot be one', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'package.json': '{}',
    'models/weights.json': '[1]',
    'models/Own.cjs': 'module.exports = class Own { predict() { return [[1]]; } };',
  });
  for (const given of ['package.json', 'models/weights.json', 'Nope']) {
    const sentence = new RegExp(`^there is no model file ${given}; expected TypeScript or JavaScript, `);
    await expectRefused(folder, ['package', '--model', given], sentence);
  }
  for (const given of ['Own', 'models/Own.cjs']) {
    const { code, text } = await cli(folder, ['package', '--model', given, '--json']);
    expect({ code, text: text.includes('"models/Own.mjs"') }).toEqual({ code: 0, text: true });
  }
});

test('batch names a file that cannot be read or written, with its path', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { in: '[[1]]\n', 'models/Own.cjs': 'exports.Own = class Own {};' });
  const batch = (input: string, output: string) => ['batch', input, output, '--url', 'http://localhost:1'];
  await expectRefused(folder, batch('in/x', 'out'), /^in\/x cannot be read: ENOTDIR: not a directory$/m);
  await expectRefused(folder, batch('nope', 'out'), /^nope: there is no such file$/m);
  await expectRefused(folder, batch('in', 'no/out'), /^no\/out cannot be written: there is no folder no$/m);
  await expectRefused(folder, batch('in', 'in/x'), /^in\/x cannot be written: ENOTDIR: not a directory$/m);
});

test('the help of a command that is not there is a slip, as the command itself', async () => {
  const folder = temporaryFolder();
  await expectRefused(folder, ['help', 'nwe'], /^Unknown command 'nwe' \(Did you mean new\?\)$/m);
});

test('a reader that ends before the help is no error', async () => {
  const command = `{ "${process.execPath}" "${BIN}" help batch; echo "exit $?" >&2; } | true`;
  const { text } = await run(temporaryFolder(), ['sh', '-c', command]);
  expect(text).toBe('exit 0\n');
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
    const { text: told } = await quick(folder, ['doctor']);
    expect(told.match(/cannot be read/g)).toHaveLength(1);
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

describe('start says what is wrong, and starts nothing:', () => {
  test.each<[what: string, args: readonly string[], sentence: RegExp]>([
    ['an argument', ['Fraud'], /^Unexpected argument 'Fraud'; .*: MODEL_NAME=Fraud$/m],
    [
      'an argument behind an option with its value',
      ['--host', '::1', 'Fraud'],
      /^Unexpected argument 'Fraud'/,
    ],
    [
      'a slip in an option',
      ['--htpPort', '9010'],
      /^Unknown option '--htpPort' \(Did you mean --httpPort\?\)$/m,
    ],
    [
      'the port as with other servers',
      ['--port=1'],
      /^Unknown option '--port' \(Did you mean --httpPort\?\)$/m,
    ],
    ['its short form', ['-p', '1'], /^Unknown option '-p' \(Did you mean --httpPort\?\)$/m],
    ['a slip with its value', ['--graphs=x'], /^Unknown option '--graphs' \(Did you mean --graph\?\)$/m],
  ])('%s', async (_, args, sentence) => {
    await expectRefused(temporaryFolder(), ['start', ...args], sentence);
  });

  test('but for another file of settings, of which serverless says it', async () => {
    const { text } = await cli(userFolder(), ['start', '--config', 'other.yml']);
    expect(text).toContain('other.yml');
    expect(text).not.toMatch(/there is no serverless|^\s+at /m);
  });

  test.each<[what: string, settings: string | undefined, sentence: RegExp]>([
    [
      'no serverless.yml',
      undefined,
      /^there is no serverless\.yml in .*; npx seldon-lambda init writes one$/m,
    ],
    [
      'one without a plugin',
      'plugins: [seldon-lambda/serverless]',
      /^plugins in serverless\.yml does not have serverless-offline; npx seldon-lambda doctor --fix adds it$/m,
    ],
    ['one without plugins', 'service: x', /^plugins in serverless\.yml does not have serverless-offline; /],
  ])('%s', async (_, settings, sentence) => {
    const folder = userFolder();
    if (settings !== undefined) {
      writeFiles(folder, { 'serverless.yml': settings });
    }
    await expectRefused(folder, ['start'], sentence);
  });
});
