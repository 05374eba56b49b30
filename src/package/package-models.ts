import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BuildError, bundle } from './bundle.ts';
import { type ZipEntry, zip, zipEntries } from './zip.ts';

/** Lambda's limit for a function's code, unzipped. */
const MAX_UNZIPPED_BYTES = 262_144_000;

/** The zip that was made. */
export interface Package {
  readonly entries: readonly ZipEntry[];
  readonly zippedBytes: number;
  /** Each as `file:line:column: text`. */
  readonly warnings: readonly string[];
}

/**
 * Writes one zip that holds all functions and the given models.
 *
 * For a look, and for tools, dist/ then has model/ (what is in the zip), maps/ (its source maps, which are not) and
 * meta.json (esbuild's metafile: what the zip was made from).
 *
 * @param options - `root`: the project; `models`: model files by name; `out`: the zip; paths absolute or from `root`.
 * @throws BuildError when something does not compile, or is too large for Lambda.
 */
export async function packageModels(options: {
  readonly root: string;
  readonly models: Readonly<Record<string, string>>;
  readonly out: string;
}): Promise<Package> {
  const { root, models, out } = options;
  // Fixed, wherever the zip goes: chunks are named after their contents with their source map, and so by this path.
  const outdir = 'dist/model';
  const bundled = await bundle({ root, models, outdir, minify: true });
  const files = new Map<string, Uint8Array | string>([
    ...bundled.files,
    ['package.json', '{"type":"module"}\n'],
  ]);
  refuseTooLarge(files);
  writeFolder(join(root, outdir), files);
  writeFolder(join(root, 'dist/maps'), bundled.maps);
  writeFileSync(join(root, 'dist/meta.json'), JSON.stringify(bundled.metafile));
  const bytes = zip(files);
  mkdirSync(dirname(resolve(root, out)), { recursive: true });
  writeFileSync(resolve(root, out), bytes);
  return { entries: zipEntries(bytes), zippedBytes: bytes.length, warnings: bundled.warnings };
}

/** @throws BuildError with the size, the limit and the largest file. */
export function refuseTooLarge(files: ReadonlyMap<string, Uint8Array | string>): void {
  const sizes = [...files].map(([path, contents]) => ({ path, bytes: Buffer.byteLength(contents) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_UNZIPPED_BYTES) return;
  const largest = sizes.reduce((a, b) => (a.bytes >= b.bytes ? a : b));
  throw new BuildError(
    `the package has ${total} bytes unzipped, Lambda takes ${MAX_UNZIPPED_BYTES} (250 MB); ` +
      `its largest file is ${largest.path}, ${largest.bytes} bytes`,
  );
}

/** Files by their path, in a folder that holds nothing else. */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
}
