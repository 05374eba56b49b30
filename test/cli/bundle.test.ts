import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Metafile, transform } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { importGraph } from '../../src/bundle/import-graph.ts';
import { once } from '../support/once.ts';
import { writeFiles } from '../support/packages.ts';
import { copyProject, removeFolders, temporaryFolder } from '../support/project.ts';
import { smallLibrary } from '../support/small-library.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORE = 'src/handler.ts';
const MODEL =
  "import { modelFile } from 'seldon-lambda';\nexport class Own { load() { return modelFile('own.bin'); } }\n";

afterAll(removeFolders, 60_000);

const isOurs = (path: string) => /^(src|handlers)\//.test(path);

function importsOf({ inputs }: Metafile, file: string, kind: string): string[] {
  const { imports } = inputs[file] ?? { imports: [] };
  return imports.filter((each) => each.kind === kind && isOurs(each.path)).map(({ path }) => path);
}

function lazyIn(metafile: Metafile): string[] {
  const files = Object.keys(metafile.inputs).filter(isOurs);
  return [...new Set(files.flatMap((file) => importsOf(metafile, file, 'dynamic-import')))].sort();
}

/** The functions with a model of this repository. */
const ours = once(() => bundle({ root: ROOT, models: { Iris: 'models/Iris.ts' }, outdir: '.build' }));

/** Imports of a file, as they may be written. */
const IMPORTS: readonly (readonly [string, (path: string) => string])[] = [
  ['double quotes', (path) => `import("${path}")`],
  ['a template', (path) => `import(\`${path}\`)`],
  ['a comment', (path) => `import(/* later */ '${path}')`],
  ['lines of its own', (path) => `import(\n  '${path}'\n)`],
];

/** A clone with a model in src/own, and a file for each import. */
const clone = once(async () => {
  const root = copyProject();
  const early = join(root, 'src/runtime/endpoints/ping.ts');
  const calls = IMPORTS.map(([, call], index) => `late${index}: () => ${call(`./late${index}.ts`)}`);
  writeFiles(root, {
    ...Object.fromEntries(
      IMPORTS.map((_, index) => [
        `src/runtime/endpoints/late${index}.ts`,
        `export { SeldonError as Late${index} } from '../errors.ts';\n`,
      ]),
    ),
    'src/runtime/endpoints/ping.ts': `${readFileSync(early, 'utf8')}\nObject.assign(globalThis, { ${calls.join()} });\n`,
    'src/own/own.bin': 'w',
    'src/own/Own.ts': MODEL,
  });
  const models = { Own: join(root, 'src/own/Own.ts') };
  return { root, ...(await bundle({ root, library: root, models, outdir: '.build' })) };
});

describe('a lazily imported file', () => {
  test('gets an import of the core, each of them', async () => {
    const { metafile } = await ours();
    const lazy = lazyIn(metafile);
    expect(lazy.length).toBeGreaterThan(10);
    const graph = await importGraph(
      ROOT,
      Object.keys(metafile.inputs).filter((file) => file.startsWith('handlers/')),
    );
    expect([...graph.lazy].sort()).toEqual(lazy);
    for (const file of lazy) {
      expect(importsOf(metafile, file, 'import-statement'), file).toContain(CORE);
    }
  });

  test.each(IMPORTS.map(([what], index) => [what, index] as const))(
    'gets it whatever the import looks like: %s',
    async (_what, index) => {
      const { metafile } = await clone();
      const late = `src/runtime/endpoints/late${index}.ts`;
      expect(lazyIn(metafile)).toContain(late);
      expect(importsOf(metafile, late, 'import-statement')).toContain(CORE);
    },
  );

  test('is named by a literal: only the model is imported by a path that is not known here', async () => {
    const { metafile } = await ours();
    const unknown: string[] = [];
    for (const file of Object.keys(metafile.inputs).filter((each) => isOurs(each) && each.endsWith('.ts'))) {
      const { code } = await transform(readFileSync(join(ROOT, file), 'utf8'), { loader: 'ts' });
      const calls = code.match(/(?<![.\w$])import\(/g) ?? [];
      const found = (metafile.inputs[file]?.imports ?? []).filter(({ kind }) => kind === 'dynamic-import');
      unknown.push(...calls.slice(found.length).map(() => file));
    }
    expect(unknown).toEqual([expect.stringMatching(/^src\/runtime\/unit\//)]);
  });
});

describe('the files that a model names', () => {
  test('are found when the model lies in src/own of a clone', async () => {
    const { root, assets, warnings } = await clone();
    expect([...assets]).toEqual([['models/own.bin', join(root, 'src/own/own.bin')]]);
    expect(warnings).toEqual([]);
  });

  test.each(['src/', 'handlers/'])(
    'are found when the model lies in %s of another project',
    async (below) => {
      const root = temporaryFolder();
      const folder = join(root, below);
      writeFiles(folder, { 'own.bin': 'w', 'Own.ts': MODEL });
      const { assets, warnings } = await bundle({
        root,
        library: smallLibrary(),
        models: { Own: join(folder, 'Own.ts') },
        outdir: '.build',
      });
      expect([...assets]).toEqual([['models/own.bin', join(folder, 'own.bin')]]);
      expect(warnings).toEqual([]);
    },
  );

  test('do not include what the library itself says of modelFile', async () => {
    const { assets, warnings } = await ours();
    expect([...assets]).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
