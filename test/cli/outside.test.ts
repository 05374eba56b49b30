import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageModels } from '../../src/bundle/package.ts';
import { callPackage, elf, writeFiles } from '../support/packages.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

afterAll(removeFolders, 60_000);

/** Packages with the shapes of real ones that do not work in a bundle. */
const PACKAGES = {
  // Chooses a package with native code by the platform, as sharp does.
  'pic/package.json': {
    name: 'pic',
    version: '1.0.0',
    dependencies: { tint: '1' },
    optionalDependencies: {
      '@pic/linux-x64': '1.0.0',
      '@pic/linux-arm64': '1.0.0',
      '@pic/linuxmusl-x64': '1.0.0',
      '@pic/darwin-arm64': '1.0.0',
    },
  },
  'pic/index.js': `
    const tint = require('tint');
    const { arch = 'x64' } = process.env;
    exports.draw = () => tint + require('fs').statSync(require.resolve(\`@pic/linux-\${arch}/pic.node\`)).size;`,
  'tint/package.json': { name: 'tint', version: '1.0.0' },
  'tint/index.js': "module.exports = 'tint';",
  '@pic/linux-x64/package.json': { name: '@pic/linux-x64', version: '1.0.0', os: ['linux'], cpu: ['x64'] },
  '@pic/linux-x64/pic.node': elf('x64'),
  '@pic/linuxmusl-x64/package.json': {
    name: '@pic/linuxmusl-x64',
    version: '1.0.0',
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  },
  '@pic/linuxmusl-x64/pic.node': elf('x64'),
  // Reads a file beside itself when it is loaded.
  'words/package.json': { name: 'words', version: '1.0.0', main: './lib/index.js' },
  'words/lib/index.js': `
    exports.words = require('fs').readFileSync(require('path').join(__dirname, '..', 'data', 'en.txt'), 'utf8');`,
  'words/data/en.txt': 'many words',
  // The same as a module, which also imports a package.
  'modern/package.json': { name: 'modern', version: '1.0.0', type: 'module', dependencies: { tint: '1' } },
  'modern/index.js': `
    import { readFileSync } from 'node:fs';
    import tint from 'tint';
    export const text = tint + readFileSync(new URL('./a.txt', import.meta.url), 'utf8');`,
  'modern/a.txt': ' a',
  // Drivers, of which one has to be there; the last is not even named in its package.json, as with knex.
  'query/package.json': {
    name: 'query',
    version: '1.0.0',
    peerDependencies: { 'driver-a': '*', 'driver-b': '*' },
    peerDependenciesMeta: { 'driver-a': { optional: true }, 'driver-b': { optional: true } },
  },
  'query/index.js': `
    exports.open = (name) => {
      if (name === 'a') return require('driver-a');
      if (name === 'b') return require('driver-b');
      return require('driver-c');
    };`,
  'peerless/package.json': {
    name: 'peerless',
    version: '1.0.0',
    peerDependenciesMeta: { 'driver-b': { optional: true } },
  },
  'peerless/index.js': "exports.open = () => require('driver-b');",
  'driver-a/package.json': { name: 'driver-a', version: '1.0.0' },
  'driver-a/index.js': "module.exports = 'driver a';",
  // Loads by a name that it makes.
  'plugins/package.json': { name: 'plugins', version: '1.0.0', dependencies: { tint: '1' } },
  'plugins/index.js': 'exports.load = (name) => require(name);',
  // A fallback that nobody needs to have: no binary for Linux.
  'fast/package.json': { name: 'fast', version: '1.0.0', optionalDependencies: { 'fast-native': '1' } },
  'fast/index.js': "let n; try { n = require('fast-native'); } catch { n = 'slow'; } exports.n = n;",
  'fast-native/package.json': { name: 'fast-native', version: '1.0.0' },
  'fast-native/index.js': "module.exports = require('./build/it.node');",
  'fast-native/binding.gyp': '{}',
};

const MODELS = {
  'Pic.ts': "import { draw } from 'pic'; export class Pic { predict() { return draw(); } }",
  'Words.ts': "import { words } from 'words'; export class Words { predict() { return words; } }",
  'Modern.ts': "import { text } from 'modern'; export class Modern { predict() { return text; } }",
  'Query.ts': `
    import { open } from 'query';
    export class Query {
      predict(name: string) {
        try { return open(name); } catch (error) { return (error as { code: string }).code; }
      }
    }`,
  'Peerless.ts': `
    import { open } from 'peerless';
    export class Peerless { predict() { try { return open(); } catch (error) { return (error as { code: string }).code; } } }`,
  'Plugins.ts': "import { load } from 'plugins'; export class Plugins { predict() { return load('tint'); } }",
  'Fast.ts': "import { n } from 'fast'; export class Fast { predict() { return n; } }",
  'Gone.ts': `
    import gone from 'not-there';
    export class Gone { predict() { return gone; } }`,
};

function project(): string {
  const folder = temporaryFolder();
  writeFiles(folder, MODELS);
  writeFiles(join(folder, 'node_modules'), PACKAGES);
  writeFiles(folder, { 'package.json': { dependencies: { 'driver-a': '1', query: '1' } } });
  return folder;
}

function modelsOf(folder: string, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, join(folder, `${name}.ts`)]));
}

describe('a package that does not work in a bundle', () => {
  let task: string;
  let warnings: readonly string[];

  beforeAll(async () => {
    const root = temporaryFolder();
    const folder = project();
    const models = modelsOf(folder, 'Pic', 'Words', 'Modern', 'Query', 'Peerless', 'Plugins', 'Fast');
    ({ warnings } = await packageModels({ root, models, out: 'dist/model.zip', architecture: 'x64' }));
    // Where no node_modules of this machine is found.
    task = join(temporaryFolder(), 'task');
    renameSync(join(root, 'dist/model'), task);
  }, 120_000);

  test.each([
    ['chooses its native code by the platform', 'Pic', '', 'tint64'],
    ['reads a file beside itself', 'Words', '', 'many words'],
    ['does so as a module', 'Modern', '', 'tint a'],
    ['has an optional peer that the project has', 'Query', 'a', 'driver a'],
    ['has one that is not installed', 'Query', 'b', 'MODULE_NOT_FOUND'],
    ['imports what it does not even name', 'Query', 'c', 'MODULE_NOT_FOUND'],
    ['is in the bundle, but for its optional peer', 'Peerless', '', 'MODULE_NOT_FOUND'],
    ['loads by a name that it makes', 'Plugins', '', 'tint'],
    ['does without native code that there is not', 'Fast', '', 'slow'],
  ])('%s', async (_what, model, text, answer) => {
    expect(await callPackage(task, model, text)).toBe(answer);
  });

  test('is in the zip with what it needs for the platform, and no more', () => {
    const isThere = (path: string) => existsSync(join(task, 'node_modules', path));
    expect(isThere('@pic/linux-x64/pic.node')).toBe(true);
    expect(isThere('@pic/linuxmusl-x64')).toBe(false);
    expect(isThere('peerless')).toBe(false);
    expect(isThere('fast-native')).toBe(false);
    expect(warnings).toEqual([
      'the package fast-native has no binary for Linux on x64; it has none. Many such packages fetch or build ' +
        'it with: npm_config_platform=linux npm_config_arch=x64 npm rebuild fast-native; ' +
        'it is optional, and left out',
    ]);
  });
});

test('refuses a package without native code for the processor, with the line that installs it', async () => {
  const models = modelsOf(project(), 'Pic');
  const packaged = packageModels({
    root: temporaryFolder(),
    models,
    out: 'dist/model.zip',
    architecture: 'arm64',
  });
  await expect(packaged).rejects.toThrow(
    'the package pic needs @pic/linux-arm64 for Linux on arm64: ' +
      'npm install --no-save --force @pic/linux-arm64@1.0.0',
  );
});

test('a package that the command names stays outside, and need not be installed', async () => {
  const root = temporaryFolder();
  const models = modelsOf(project(), 'Gone', 'Peerless');
  const options = { root, models, out: 'dist/model.zip' };
  await expect(packageModels(options)).rejects.toThrow(
    /Gone\.ts:2:22: the package not-there is not installed: npm install not-there$/,
  );
  await packageModels({ ...options, external: ['not-there', 'peerless'] });
  expect(existsSync(join(root, 'dist/model/node_modules/peerless/index.js'))).toBe(true);
});
