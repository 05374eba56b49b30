import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Bundle, bundle } from '../src/package/bundle.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTDIR = 'dist/bench';
const MODELS = ['Identity', 'Scale', 'Classifier'];

/** What is measured, as it would be deployed, in a folder of its own. */
export interface Artifact {
  /** Holds handlers/, chunks/ and models/, and bench/ with the processes that measure them. */
  readonly folder: string;
  /** Of the predict handler and all that it imports statically. */
  readonly size: Size;
  remove(): void;
}

/** Bytes of minified code. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
  readonly gzippedBytes: number;
  /** The dependencies' part of `bytes`. */
  readonly dependencyBytes: number;
}

/** Bundles the handlers and the benchmark's models as `npm run package` does, and the measuring processes. */
export async function makeArtifact(): Promise<Artifact> {
  const models = Object.fromEntries(MODELS.map((name) => [name, `bench/models/${name}.ts`]));
  const bundled = await bundle({ root: ROOT, models, outdir: OUTDIR, minify: true });
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
  for (const [path, contents] of bundled.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['bench/bare.ts', 'bench/hot-process.ts', 'bench/cold-process.ts'],
    outdir: join(folder, 'bench'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, size: staticSize('handlers/predict.mjs', bundled), remove };
}

function staticSize(entry: string, { files, metafile }: Bundle): Size {
  const paths = new Set([`${OUTDIR}/${entry}`]);
  // A set that grows while it is walked: all that is imported, and what that imports.
  for (const path of paths) {
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external) paths.add(imported);
  }
  let bytes = 0;
  let gzippedBytes = 0;
  let dependencyBytes = 0;
  for (const path of paths) {
    const code = files.get(path.slice(OUTDIR.length + 1)) as Uint8Array;
    bytes += code.length;
    gzippedBytes += gzipSync(code).length;
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[path]?.inputs ?? {}))
      if (input.includes('node_modules/')) dependencyBytes += bytesInOutput;
  }
  return { files: paths.size, bytes, gzippedBytes, dependencyBytes };
}
