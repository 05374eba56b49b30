import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import type { Architecture } from './machine.ts';
import { nativeFiles } from './native.ts';
import type { Bundle } from './result.ts';
import { UserError } from './user-error.ts';
import { type ZipEntry, zip, zipEntries } from './zip.ts';

/** Lambda's limit for the unzipped code of a function. */
const MAX_UNZIPPED_BYTES = 262_144_000;
/**
 * Lambda's limit for a zip that is uploaded directly, not through S3.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_DIRECT_ZIP_BYTES = 52_428_800;

/** The contents of the zip that was made. */
export interface Package {
  readonly entries: readonly ZipEntry[];
  readonly zippedBytes: number;
  /** Each as `file:line:column: text`. */
  readonly warnings: readonly string[];
}

/** Paths are absolute or relative to `root`. */
interface PackageOptions {
  /** The project. */
  readonly root: string;
  /** Model files by name. */
  readonly models: Readonly<Record<string, string>>;
  /** The zip. */
  readonly out: string;
  /** More files for the folder of the models. */
  readonly extra?: readonly string[];
  /** Of packages with native code; default arm64. */
  readonly architecture?: Architecture;
}

/**
 * The same wherever the zip goes: chunks are named by a hash of their contents and their source maps, which
 * contain this path.
 */
const OUTDIR = 'dist/model';

/**
 * Writes one zip with all functions and the given models.
 *
 * For people and tools, dist/ then also has model/ (the contents of the zip), maps/ (its source maps, which
 * are not in the zip), meta.json (esbuild's metafile: the sources of the zip) and extra.json (the names of
 * the extra files).
 *
 * @throws UserError when something does not compile, does not exist, or is too large for Lambda.
 */
export async function packageModels(options: PackageOptions): Promise<Package> {
  const { root, models, out, extra = [] } = options;
  const bundled = await bundle({ root, models, outdir: OUTDIR, minify: true });
  const files = filesOf(bundled, options);
  refuseTooLarge(files);
  writeFolder(join(root, OUTDIR), files);
  writeFolder(join(root, 'dist/maps'), bundled.maps);
  writeFileSync(join(root, 'dist/meta.json'), JSON.stringify(bundled.metafile));
  writeFileSync(join(root, 'dist/extra.json'), JSON.stringify(extra));
  const bytes = zip(files);
  mkdirSync(dirname(resolve(root, out)), { recursive: true });
  writeFileSync(resolve(root, out), bytes);
  return { entries: zipEntries(bytes), zippedBytes: bytes.length, warnings: bundled.warnings };
}

/** The contents of the zip by their path in it. */
function filesOf(
  bundled: Bundle,
  { root, extra = [], architecture = 'arm64' }: PackageOptions,
): Map<string, Uint8Array | string> {
  const files = new Map<string, Uint8Array | string>([
    ...bundled.files,
    ['package.json', '{"type":"module"}\n'],
  ]);
  const added = new Map([
    ...bundled.assets,
    ...extra.map((file) => [`models/${basename(file)}`, resolve(root, file)] as const),
    ...nativeFiles(bundled.native, architecture),
  ]);
  for (const [path, file] of added) {
    files.set(path, readFileSync(file));
  }
  return files;
}

/**
 * Refuses a zip that Lambda would not unpack.
 *
 * @throws UserError with the size, the limit and the largest file.
 */
export function refuseTooLarge(files: ReadonlyMap<string, Uint8Array | string>): void {
  const sizes = [...files].map(([path, contents]) => ({ path, bytes: Buffer.byteLength(contents) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_UNZIPPED_BYTES) {
    return;
  }
  const largest = sizes.reduce((a, b) => (a.bytes >= b.bytes ? a : b));
  throw new UserError(
    `the package has ${total} bytes unzipped, Lambda accepts ${MAX_UNZIPPED_BYTES} (250 MB); ` +
      `its largest file is ${largest.path}, ${largest.bytes} bytes`,
  );
}

/** Writes files by their path into a folder, which is emptied first. */
function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
}
