import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import type { Built } from './artifact.ts';

/** Code that a module loads before its first call, in bytes. */
export interface Size {
  readonly name: string;
  readonly files: number;
  readonly minified: number;
  /** Each file compressed alone, as in the zip. */
  readonly gzipped: number;
  /** The part of `minified` that comes from dependencies. */
  readonly dependencies: number;
}

/** Measures an entry point together with all that it imports statically. */
export function sizeOf({ files, metafile, outdir }: Built, entry: string): Size {
  const paths = loadedBy([`${outdir}/${entry}`], metafile);
  let minified = 0;
  let gzipped = 0;
  let dependencies = 0;
  for (const path of paths) {
    const code = files.get(path.slice(outdir.length + 1)) as Uint8Array;
    minified += code.length;
    gzipped += gzipSync(code).length;
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[path]?.inputs ?? {})) {
      if (input.includes('node_modules/')) {
        dependencies += bytesInOutput;
      }
    }
  }
  const name = entry.slice(entry.lastIndexOf('/') + 1).replace('.mjs', '');
  return { name, files: paths.size, minified, gzipped, dependencies };
}

/** Measures every handler. Most of their code is one chunk that all of them share. */
export function handlerSizes(built: Built): Size[] {
  const handlers = [...built.files.keys()].filter((path) => path.startsWith('handlers/'));
  return handlers.map((path) => sizeOf(built, path));
}

/** What the first call of `infer` with JSON loads: the protocol, and what describes the model. */
export const FIRST_INFER = [
  'src/runtime/protocols/open-inference/wire.ts',
  'src/runtime/unit/description.ts',
];

/** What the first `:predict` of TensorFlow Serving's protocol loads. */
export const FIRST_PREDICTION = [
  'src/runtime/protocols/tensorflow/wire.ts',
  'src/runtime/unit/description.ts',
];

/** What the first call of `infer` with bytes loads. */
export const FIRST_BINARY = [...FIRST_INFER, 'src/runtime/protocols/open-inference/binary-body.ts'];

/**
 * The code that a call of `predict` loads beside what its function has loaded: its files, and their bytes.
 *
 * @param sources - that it imports lazily.
 */
export function addedSize(built: Built, sources: readonly string[]): Pick<Size, 'files' | 'minified'> {
  const { files, metafile, outdir } = built;
  const before = loadedBy([`${outdir}/handlers/predict.mjs`], metafile);
  const entries = sources.map((source) => `${outdir}/${fileWith(source, built)}`);
  const added = [...loadedBy(entries, metafile)].filter((path) => !before.has(path));
  const minified = added.reduce(
    (bytes, path) => bytes + (files.get(path.slice(outdir.length + 1)) as Uint8Array).length,
    0,
  );
  return { files: added.length, minified };
}

/** The path of the file that has the code of a source. */
export function fileWith(source: string, { metafile: { outputs }, outdir }: Built): string {
  const path = Object.keys(outputs).find((each) => (outputs[each]?.inputs[source]?.bytesInOutput ?? 0) > 0);
  if (path === undefined) {
    throw new Error(`${source}: expected it in the bundle`);
  }
  return path.slice(outdir.length + 1);
}

/** Files with all that they import statically. */
function loadedBy(paths: readonly string[], { outputs }: Metafile): ReadonlySet<string> {
  const found = new Set(paths);
  // A set that grows while it is walked.
  for (const path of found) {
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) {
        found.add(imported);
      }
    }
  }
  return found;
}
