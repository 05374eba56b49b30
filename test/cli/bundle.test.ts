import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Metafile, transform } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { importGraph } from '../../src/bundle/import-graph.ts';
import { copyProject, removeFolders, temporaryFolder } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORE = 'src/handler.ts';

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

describe('a lazily imported file', () => {
  test('gets an import of the core, each of them', async () => {
    const { metafile } = await bundle({ root: ROOT, models: {}, outdir: '.build' });
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

  test.each([
    ['double quotes', 'import("./late.ts")'],
    ['a template', 'import(`./late.ts`)'],
    ['a comment', "import(/* later */ './late.ts')"],
    ['lines of its own', "import(\n  './late.ts'\n)"],
  ])('gets it whatever the import looks like: %s', async (_what, code) => {
    const root = copyProject();
    const folder = join(root, 'src/runtime/endpoints');
    writeFileSync(join(folder, 'late.ts'), "export { SeldonError } from '../errors.ts';\n");
    const early = join(folder, 'ping.ts');
    writeFileSync(
      early,
      `${readFileSync(early, 'utf8')}\nObject.assign(globalThis, { late: () => ${code} });\n`,
    );
    const { metafile } = await bundle({ root, library: root, models: {}, outdir: '.build' });
    const late = 'src/runtime/endpoints/late.ts';
    expect(lazyIn(metafile)).toContain(late);
    expect(importsOf(metafile, late, 'import-statement')).toContain(CORE);
  });

  test('is named by a literal: only the model is imported by a path that is not known here', async () => {
    const { metafile } = await bundle({ root: ROOT, models: {}, outdir: '.build' });
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
  const MODEL =
    "import { modelFile } from 'seldon-lambda';\nexport class Own { load() { return modelFile('own.bin'); } }\n";

  test.each([
    ['src/own of a clone', 'src/own', true],
    ['src/ of another project', 'src', false],
    ['handlers/ of another project', 'handlers', false],
  ])('are found when the model lies in %s', async (_where, below, isClone) => {
    const root = isClone ? copyProject() : temporaryFolder();
    const folder = join(root, below);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'own.bin'), 'w');
    writeFileSync(join(folder, 'Own.ts'), MODEL);
    const { assets, warnings } = await bundle({
      root,
      ...(isClone && { library: root }),
      models: { Own: join(folder, 'Own.ts') },
      outdir: '.build',
    });
    expect([...assets]).toEqual([['models/own.bin', join(folder, 'own.bin')]]);
    expect(warnings).toEqual([]);
  });

  test('do not include what the library itself says of modelFile', async () => {
    const { assets, warnings } = await bundle({
      root: ROOT,
      models: { Iris: 'models/Iris.ts' },
      outdir: '.build',
    });
    expect([...assets]).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
