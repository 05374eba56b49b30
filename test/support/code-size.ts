import { gzipSync } from 'node:zlib';
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
  const paths = new Set([`${outdir}/${entry}`]);
  // The set grows while it is walked, so that the imports of imports are in it, too.
  for (const path of paths) {
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) {
        paths.add(imported);
      }
    }
  }
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

/** The sources that the first request of the Open Inference Protocol as JSON loads, beside what is loaded. */
const OF_V2 = ['src/runtime/protocols/open-inference/wire.ts', 'src/runtime/unit/description.ts'];

/** The bytes of code that the first call of `infer` with JSON loads. */
export function firstCallSize({ files, metafile, outdir }: Built): number {
  const loadedBy = (paths: readonly string[]) => {
    const found = new Set(paths);
    // A set that grows while it is walked.
    for (const path of found) {
      for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
        if (kind === 'import-statement' && !external) {
          found.add(imported);
        }
      }
    }
    return found;
  };
  const before = loadedBy([`${outdir}/handlers/predict.mjs`]);
  const entries = Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint !== undefined && OF_V2.includes(entryPoint) ? [path] : [],
  );
  if (entries.length < OF_V2.length) {
    throw new Error(`${OF_V2.join(', ')}: expected lazily imported files`);
  }
  const added = [...loadedBy(entries)].filter((path) => !before.has(path));
  return added.reduce(
    (bytes, path) => bytes + (files.get(path.slice(outdir.length + 1)) as Uint8Array).length,
    0,
  );
}
