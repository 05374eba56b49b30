import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type PackageOptions, packageModels } from '../../src/bundle/package.ts';
import { writeFiles } from '../support/packages.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';
import { smallLibrary } from '../support/small-library.ts';

afterAll(removeFolders, 60_000);

/** A project without handlers of its own. */
let root: string;
let folder: string;

beforeEach(() => {
  root = temporaryFolder();
  folder = temporaryFolder();
});

/** Packages models and answers the paths in the zip that are not of this project. */
async function pathsOf(options: Omit<PackageOptions, 'root' | 'out'>): Promise<string[]> {
  await packageModels({ root, library: smallLibrary(), out: 'dist/model.zip', ...options });
  const paths = Object.keys(unzipSync(readFileSync(join(root, 'dist/model.zip'))));
  return paths.filter((path) => path.startsWith('models/'));
}

function naming(...files: string[]): string {
  const calls = files.map((file) => `modelFile(${file})`);
  return `import { modelFile } from 'seldon-lambda';\nexport class Own { files = [${calls}]; }\n`;
}

describe('two files of one path in the zip', () => {
  const own = (name: string) => join(folder, name);

  test.each([
    ['two extra files', ['a/x.json', 'b/x.json'], 'models/x.json'],
    ['an extra file and a model', ['b/Own.mjs'], 'models/Own.mjs'],
    ['an extra file and one that a model names', ['b/w.json'], 'models/w.json'],
    ['a file and a folder', ['a/part', 'b/part'], 'models/part'],
  ])('are refused with both: %s', async (_what, extra, path) => {
    writeFiles(folder, {
      'Own.ts': naming("'w.json'"),
      'w.json': '1',
      'a/x.json': '1',
      'b/x.json': '2',
      'b/Own.mjs': '',
      'b/w.json': '2',
      'a/part': '1',
      'b/part/c': '2',
    });
    const packaged = pathsOf({ models: { Own: own('Own.ts') }, extra: extra.map(own) });
    const error: unknown = await packaged.catch((reason) => reason);
    expect(error).toMatchObject({ name: 'UserError' });
    const { message } = error as Error;
    expect(message).toContain(`are both ${path} in the zip`);
    const first = extra.length > 1 ? [extra[0]] : [path.includes('Own') ? 'Own.ts' : 'w.json'];
    for (const each of [...first, extra.at(-1)]) {
      expect(message).toContain(own(each as string));
    }
  });

  test('of two models, too', async () => {
    writeFiles(folder, { 'a/Own.ts': naming("'w.json'"), 'a/w.json': '1' });
    writeFiles(folder, { 'b/Other.ts': naming("'w.json'").replace('Own', 'Other'), 'b/w.json': '2' });
    const packaged = pathsOf({ models: { Own: own('a/Own.ts'), Other: own('b/Other.ts') } });
    await expect(packaged).rejects.toThrow('are both models/w.json in the zip');
  });

  test('are one when they are the same file', async () => {
    writeFiles(folder, { 'Own.ts': naming("'w.json'"), 'w.json': '1' });
    const paths = await pathsOf({ models: { Own: own('Own.ts') }, extra: [own('w.json'), own('w.json')] });
    expect(paths).toEqual(['models/Own.mjs', 'models/w.json']);
  });
});

test('a folder means the files below it', async () => {
  writeFiles(folder, {
    'Own.ts': naming("'parts'", "'more/'"),
    'parts/a.bin': 'a',
    'parts/deep/b.bin': 'b',
    'more/c.bin': 'c',
    'x/extra/d.bin': 'd',
  });
  const paths = await pathsOf({
    models: { Own: join(folder, 'Own.ts') },
    extra: [join(folder, 'x/extra')],
  });
  expect(paths).toEqual([
    'models/Own.mjs',
    'models/extra/d.bin',
    'models/more/c.bin',
    'models/parts/a.bin',
    'models/parts/deep/b.bin',
  ]);
});

describe('a file that a model names and that does not exist', () => {
  test.each([
    ['is refused', naming("'gone.bin'"), {}, "Own.ts: modelFile('gone.bin'): "],
    ['is refused in a template', naming('`gone.bin`'), {}, "Own.ts: modelFile('gone.bin'): "],
    ['is refused as a folder without files', naming("'empty'"), {}, 'has no file'],
    ['may be optional', naming("'gone.bin', { optional: true }"), {}, undefined],
    ['may come from MODEL_URI', naming("'gone.bin'"), { hasModelUri: true }, undefined],
  ])('%s', async (_what, code, options, message) => {
    writeFiles(folder, { 'Own.ts': code, 'empty/.keep/x': '' });
    if (message === 'has no file') {
      const { rmSync } = await import('node:fs');
      rmSync(join(folder, 'empty/.keep'), { recursive: true });
    }
    const packaged = pathsOf({ models: { Own: join(folder, 'Own.ts') }, ...options });
    await (message === undefined
      ? expect(packaged).resolves.toEqual(['models/Own.mjs'])
      : expect(packaged).rejects.toThrow(message));
  });

  test('may be an extra one', async () => {
    writeFiles(folder, { 'Own.ts': naming("'gone.bin'"), 'there/gone.bin': '1' });
    const extra = [join(folder, 'there/gone.bin')];
    const paths = await pathsOf({ models: { Own: join(folder, 'Own.ts') }, extra });
    expect(paths).toEqual(['models/Own.mjs', 'models/gone.bin']);
  });
});

test('the terms of all packages in the bundle are in the zip', async () => {
  writeFiles(folder, {
    'Own.ts': "import { one } from 'one';\nexport class Own { predict() { return one; } }\n",
    'node_modules/one/package.json': { name: 'one', version: '1.2.3', license: 'MIT' },
    'node_modules/one/index.js': "exports.one = 'one';",
    'node_modules/one/LICENSE.md': 'Permission is hereby granted to one',
  });
  await packageModels({ root, models: { Own: join(folder, 'Own.ts') }, out: 'dist/model.zip' });
  const text = readFileSync(join(root, 'dist/model/licences.txt'), 'utf8');
  expect(text).toMatch(/^one 1\.2\.3\nLicence: MIT\n\nPermission is hereby granted to one$/m);
  expect(text).toMatch(/^zod \d/m);
  expect(text).toMatch(/^seldon-lambda\nLicence: Apache-2\.0$/m);
});
