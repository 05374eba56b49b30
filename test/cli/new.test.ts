import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../src/testing/index.ts';
import { contract, serve as npmStart, stopServers } from '../support/contract-run.ts';
import { closeHosts, hostOfModel } from '../support/hosts.ts';
import { copyProject, removeFolders, run } from '../support/project.ts';
import { program } from '../support/shared-program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LONG = 'ANameThatIsAsLongAsTheLongestNameThatAClassMayHave';
let project: string;

beforeAll(() => {
  project = copyProject();
  for (const part of ['test', '.biome.json', '.gitignore']) {
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  }
  // A clone may have a name of its own.
  const file = join(project, 'package.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), name: 'my-models' }));
});

afterAll(async () => {
  closeHosts();
  await stopServers();
  removeFolders();
}, 60_000);

function create(...args: readonly string[]): ReturnType<typeof program> {
  return program(project, ['new', ...args]);
}

const TYPES = [
  ['MODEL', 'Scorer', []],
  ['ROUTER', 'Chooser', ['--endpoint', 'route']],
  ['TRANSFORMER', 'Changer', ['--endpoint', 'transform-input']],
  ['COMBINER', 'Joiner', ['--endpoint', 'aggregate']],
] as const;

describe('npm run new', () => {
  const made = new Map<string, Awaited<ReturnType<typeof create>>>();

  beforeAll(async () => {
    for (const [type, name] of TYPES) {
      made.set(name, await create(name, '--type', type));
    }
  }, 60_000);

  test.each(TYPES)('--type %s writes a class, its contract and its test, and says what to do', (...of) => {
    const [, name, endpoint] = of;
    const { code, text } = made.get(name) ?? expect.fail();
    expect(text.split('\n\n')[0]).toBe(
      `models/${name}.ts\nmodels/${name}.contract.json\ntest/${name}.test.ts`,
    );
    expect(text).toContain(`\n  npm test -- test/${name}.test.ts\n  MODEL_NAME=${name} npm start\n`);
    const command = [
      'npm run contract --',
      `models/${name}.contract.json`,
      'http://localhost:9000',
      ...endpoint,
    ];
    expect(text).toContain(`\n  ${command.join(' ')}\n`);
    expect(code).toBe(0);
  });

  test('writes tests that pass', async () => {
    const files = TYPES.map(([, name]) => `test/${name}.test.ts`);
    const { code, text } = await run(project, ['npm', 'test', '--', ...files]);
    expect(text).toMatch(/Test Files .*4 passed/);
    expect(code).toBe(0);
  });

  test.each(TYPES)('--type %s writes a contract that the model keeps', async (type, name, endpoint) => {
    // npm start serves the only model of a folder.
    const folder = join(project, `only-${name}`);
    const file = join(folder, `${name}.ts`);
    cpSync(join(project, `models/${name}.ts`), file);
    // One by `npm start`, which takes ten seconds, the others by the same functions in this process.
    const url =
      type === 'MODEL' ? await npmStart(project, '--models', folder) : (await hostOfModel(serve(file))).url;
    const path = join(project, `models/${name}.contract.json`);
    const { code, text } = await contract(path, url, '-n', '30', '--batch', '3', ...endpoint);
    expect(text).toMatch(/^passed: 30 of 30/);
    expect(code).toBe(0);
    await stopServers();
  });
});

test('what it writes passes the type checker and the linter, whatever the length of the name', async () => {
  for (const type of ['MODEL', 'ROUTER', 'TRANSFORMER', 'COMBINER']) {
    for (const name of [`X${type.charAt(0)}`, `${type.charAt(0)}${LONG.slice(1)}`]) {
      expect(await create(name, '--type', type.toLowerCase())).toMatchObject({ code: 0 });
    }
  }
  const tsconfig = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ ...tsconfig, include: ['models', 'test/X*', 'test/*NameThat*'] }),
  );
  const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
  expect(await run(project, [bin('tsc')])).toMatchObject({ text: '', code: 0 });
  const written = ['models', 'test'].flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((file) => /^(X[A-Z]|.NameThat.*)\./.test(file) && file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  expect(written).toHaveLength(16);
  // The copy is not a git repository, so its .gitignore does not count.
  const { text } = await run(project, [bin('biome'), 'check', '--vcs-enabled=false', ...written]);
  expect(text).toMatch(/^Checked 16 files in \S+ No fixes applied\.\n$/);
});

describe('npm run new refuses', () => {
  test.each([
    [[], 'expected the name of a class: npm run new -- MyModel'],
    [['One', 'Two'], 'expected one name, got One Two'],
    [
      ['myModel'],
      '"myModel" cannot be the name of the class; expected a capital letter and at most 49 more letters',
    ],
    [['My-Model'], '"My-Model" cannot be the name of the class'],
    [['../Evil'], '"../Evil" cannot be the name of the class'],
    [[`${LONG}s`], 'cannot be the name of the class'],
    [['NdArray'], 'NdArray already has another meaning; choose another name, as MyNdArray'],
    [['Map'], 'Map already has another meaning'],
    [
      ['Fine', '--type', 'GRAPH'],
      '--type: expected one of MODEL, ROUTER, TRANSFORMER, COMBINER, got "GRAPH"',
    ],
    [['Fine', '--force'], "Unknown option '--force'"],
  ])('%j', async (args, sentence) => {
    const { code, text } = await create(...args);
    expect(text).toContain(sentence);
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(code).toBe(2);
    expect(existsSync(join(project, 'models/Fine.ts'))).toBe(false);
  });

  test('to overwrite, and then writes nothing at all', async () => {
    const contents = '{}';
    writeFileSync(join(project, 'models/Mine.contract.json'), contents);
    const { code, text } = await create('Mine');
    expect(text).toBe('models/Mine.contract.json already exists; choose another name\n');
    expect(code).toBe(2);
    expect(existsSync(join(project, 'models/Mine.ts'))).toBe(false);
    expect(readFileSync(join(project, 'models/Mine.contract.json'), 'utf8')).toBe(contents);
    expect(await create('Iris')).toMatchObject({ code: 2 });
  });
});
