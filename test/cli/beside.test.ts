import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { packageModels } from '../../src/bundle/package.ts';
import { callPackage, writeFiles } from '../support/packages.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';
import { smallLibrary } from '../support/small-library.ts';

afterAll(removeFolders, 60_000);

const FILES = {
  'Url.ts': `
    import { readFileSync } from 'node:fs';
    const text = readFileSync(new URL('./data/a b.txt', import.meta.url), 'utf8');
    export class Url { predict() { return text; } }`,
  'data/a b.txt': 'a',
  'data/deep/b.txt': 'b',
  'Folder.ts': `
    import { readdirSync } from 'node:fs';
    import { dirname, join } from 'node:path';
    import { fileURLToPath } from 'node:url';
    import { ROOT } from './lib/root.ts';
    const here = dirname(fileURLToPath(import.meta.url));
    export class Folder {
      predict() { return [...readdirSync(join(import.meta.dirname, 'data', 'deep')), here + '/' === ROOT].join(); }
    }`,
  'Own.ts': `
    import { readdirSync, readFileSync } from 'node:fs';
    import path from 'node:path';
    import { fileURLToPath } from 'node:url';
    const here = path.dirname(fileURLToPath(import.meta.url));
    export class Own {
      predict() { return readFileSync(\`\${here}/data/e.txt\`, 'utf8') + readdirSync(path.join(here, 'more', 'deep')); }
    }`,
  'data/e.txt': 'e',
  'more/deep/f': 'f',
  'Thread.ts': `
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    export class Thread {
      async predict() {
        const [answer] = await once(new Worker(new URL('./lib/thread.ts', import.meta.url)), 'message');
        return answer;
      }
    }`,
  'lib/root.ts': "export const ROOT = new URL('../', import.meta.url).pathname;",
  'lib/thread.ts': `
    import { readFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    import { NdArray } from 'seldon-lambda';

    const text: string = readFileSync(new URL('./c.txt', import.meta.url), 'utf8');
    parentPort?.postMessage(text + typeof NdArray);`,
  'lib/c.txt': 'c',
  'Legacy.ts': `
    import { text } from './lib/legacy.cjs';
    export class Legacy { predict() { return text; } }`,
  'lib/legacy.cjs': `'use strict';
    const { readFileSync } = require('fs');
    exports.text = readFileSync(__dirname + '/c.txt', 'utf8') + require('path').basename(__filename);`,
  'Above.ts': "export { Above } from '../shared/above.ts';",
  '../shared/above.ts': `
    import { readFileSync } from 'node:fs';
    export class Above { predict() { return readFileSync(new URL('d.txt', import.meta.url), 'utf8'); } }`,
  '../shared/d.txt': 'd',
  'Names.ts': `
    import { PackageError } from 'names';
    import { Base, softmax } from './lib/base.ts';

    export { Shape } from './lib/base.ts';
    export class Names extends Base {
      predict() { return [this.name, this.constructor.name, softmax.name, new PackageError().name].join(); }
    }`,
  'lib/base.ts': `
    export class Base { name: string; constructor() { this.name = new.target.name; } }
    export interface Shape { rows: number }
    export function softmax() {}`,
  'node_modules/names/package.json': { name: 'names', version: '1.0.0' },
  'node_modules/names/index.js': `
    class PackageError extends Error { constructor() { super(); this.name = new.target.name; } }
    exports.PackageError = PackageError;`,
};
const ANSWERS = {
  Url: 'a',
  Folder: 'b.txt,true',
  Own: 'ef',
  Thread: 'cfunction',
  Legacy: 'clegacy.cjs',
  Above: 'd',
  Names: 'Names,Names,softmax,PackageError',
};

function modelsFolder(files: Readonly<Record<string, string | object>> = FILES): string {
  const folder = join(temporaryFolder(), 'models');
  writeFiles(folder, files);
  return folder;
}

describe.each([true, false])('code that asks where it is, for AWS: %s,', (isForAws) => {
  let task: string;
  let warnings: readonly string[];

  beforeAll(async () => {
    const root = temporaryFolder();
    const folder = modelsFolder();
    const models = Object.fromEntries(Object.keys(ANSWERS).map((name) => [name, join(folder, `${name}.ts`)]));
    task = join(root, 'dist/model');
    if (isForAws) {
      ({ warnings } = await packageModels({ root, models, out: 'dist/model.zip' }));
      const built = task;
      task = join(temporaryFolder(), 'task');
      renameSync(built, task);
    } else {
      const { writeBundle } = await import('../../src/deploy/write-bundle.ts');
      const made = await bundle({ root, models, outdir: 'dist/model' });
      ({ warnings } = made);
      writeBundle(task, made);
    }
  }, 120_000);

  test.each(Object.entries(ANSWERS))('finds the files beside it, and its names: %s', async (name, answer) => {
    expect(await callPackage(task, name)).toBe(answer);
  });

  test('warns only of the code whose files are not known', () => {
    expect(warnings).toEqual([
      expect.stringMatching(/lib\/root\.ts:1: the files that it reads beside itself/),
    ]);
  });
});

test('a file that is not there, or not known, is a warning with the line', async () => {
  const folder = modelsFolder({
    'Lost.ts': `
      import { readFileSync } from 'node:fs';
      export class Lost { predict() { return readFileSync(new URL('./lost.txt', import.meta.url), 'utf8'); } }`,
    'Unknown.ts': `
      import { readFileSync } from 'node:fs';
      export class Unknown {
        predict(name: string) { return readFileSync(import.meta.dirname + name, 'utf8'); }
      }`,
  });
  const models = { Lost: join(folder, 'Lost.ts'), Unknown: join(folder, 'Unknown.ts') };
  const options = { root: temporaryFolder(), library: smallLibrary(), outdir: 'dist/model', minify: true };
  const { warnings } = await bundle({ ...options, models });
  expect(warnings).toEqual([
    expect.stringMatching(/Lost\.ts:3: there is no .*lost\.txt, which the code names as '\.\/lost\.txt'/),
    expect.stringMatching(/Unknown\.ts:4: the files that it reads beside itself are not known here/),
  ]);
});

test.each([
  [
    'an unclosed brace',
    'export class Open {\n  predict() {\n',
    /^[^\n]*Open\.ts:3:1: Unexpected end of file$/,
  ],
  ['an import that leads nowhere', "type A = 1;\nimport './x.ts';\nexport class Open {}\n", /Open\.ts:2:8: /],
  [
    'an unclosed brace in a thread',
    "export class Open { thread = new Worker(new URL('./late.ts', import.meta.url)); }",
    /late\.ts:2:1: Unexpected end of file$/,
  ],
])('the place of %s is one in the model', async (_what, code, place) => {
  const folder = modelsFolder({ 'Open.ts': code, 'late.ts': 'if (true) {\n' });
  const bundled = bundle({
    root: temporaryFolder(),
    library: smallLibrary(),
    models: { Open: join(folder, 'Open.ts') },
    outdir: 'out',
  });
  await expect(bundled).rejects.toThrow(place);
});
