import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { type Architecture, nativeFiles } from './native.ts';
import { UserError } from './user-error.ts';
import { type ZipEntry, zip, zipEntries } from './zip.ts';

/**
 * Lambda's limits for a function's code: unzipped; and zipped, where it does not come from S3.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_UNZIPPED_BYTES = 262_144_000;
export const MAX_DIRECT_ZIP_BYTES = 52_428_800;

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
 * For a look, and for tools, dist/ then has model/ (what is in the zip), maps/ (its source maps, which are
 * not) and meta.json (esbuild's metafile: what the zip was made from), extra.json (which further files).
 *
 * @param options - `root`: the project; `models`: model files by name; `out`: the zip; `extra`: more files
 *   for the folder of the models; `architecture`: of packages with native code, default arm64; paths absolute
 *   or from `root`.
 * @throws UserError when something does not compile, is not there, or is too large for Lambda.
 */
export async function packageModels(options: {
  readonly root: string;
  readonly models: Readonly<Record<string, string>>;
  readonly out: string;
  readonly extra?: readonly string[];
  readonly architecture?: Architecture;
}): Promise<Package> {
  const { root, models, out, extra = [], architecture = 'arm64' } = options;
  // Fixed, wherever the zip goes: chunks are named after their contents with their source map, and so by this
  // path.
  const outdir = 'dist/model';
  const bundled = await bundle({ root, models, outdir, minify: true });
  const files = new Map<string, Uint8Array | string>([
    ...bundled.files,
    ['package.json', '{"type":"module"}\n'],
  ]);
  const added = new Map([
    ...bundled.data,
    ...extra.map((file) => [`models/${basename(file)}`, resolve(root, file)] as const),
    ...nativeFiles(bundled.native, architecture),
  ]);
  for (const [path, file] of added) {
    files.set(path, readFileSync(file));
  }
  refuseTooLarge(files);
  writeFolder(join(root, outdir), files);
  writeFolder(join(root, 'dist/maps'), bundled.maps);
  writeFileSync(join(root, 'dist/meta.json'), JSON.stringify(bundled.metafile));
  writeFileSync(join(root, 'dist/extra.json'), JSON.stringify(extra));
  const bytes = zip(files);
  mkdirSync(dirname(resolve(root, out)), { recursive: true });
  writeFileSync(resolve(root, out), bytes);
  return { entries: zipEntries(bytes), zippedBytes: bytes.length, warnings: bundled.warnings };
}

/** @throws UserError with the size, the limit and the largest file. */
export function refuseTooLarge(files: ReadonlyMap<string, Uint8Array | string>): void {
  const sizes = [...files].map(([path, contents]) => ({ path, bytes: Buffer.byteLength(contents) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_UNZIPPED_BYTES) {
    return;
  }
  const largest = sizes.reduce((a, b) => (a.bytes >= b.bytes ? a : b));
  throw new UserError(
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
