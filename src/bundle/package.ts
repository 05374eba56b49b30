import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { filesIn } from './files-in.ts';
import { licencesOf } from './licences.ts';
import type { Architecture } from './machine.ts';
import { LIBRARY } from './own-code.ts';
import { packageFiles } from './package-files.ts';
import type { Bundle } from './result.ts';
import { UserError } from './user-error.ts';
import { replaceFile, writing } from './write-files.ts';
import { type ZipEntry, zip, zipEntries } from './zip.ts';
import { ZipContents } from './zip-contents.ts';

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

/** The models to package, and how. Paths are absolute or relative to `root`. */
export interface PackageOptions {
  /** The project. */
  readonly root: string;
  /** As BundleOptions has it. */
  readonly library?: string;
  /** Model files by name. */
  readonly models: Readonly<Record<string, string>>;
  /** As BundleOptions has it. */
  readonly modelNames?: readonly string[] | undefined;
  /** The zip. */
  readonly out: string;
  /** More files and folders for the folder of the models. */
  readonly extra?: readonly string[];
  /** Names of packages that stay outside of the bundle, and need not be installed. */
  readonly external?: readonly string[];
  /** Of packages with native code; default arm64. */
  readonly architecture?: Architecture;
  /** True when MODEL_URI brings the files of the models, which then need not be here. Default: false. */
  readonly hasModelUri?: boolean;
  /** As BundleOptions has it. */
  readonly handlers?: Readonly<Record<string, string>>;
  /** The inference graph that the models are units of. */
  readonly graph?: PackagedGraph;
}

/** A graph that is ready for the zip. */
export interface PackagedGraph {
  /** Its plan: graph.json in the zip. */
  readonly json: string;
  /** The file that it was made of, absolute; undefined when it came from a variable. */
  readonly file: string | undefined;
  /** Names of models whose files come from a MODEL_URI of their own. */
  readonly withModelUri: readonly string[];
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
 * are not in the zip), meta.json (esbuild's metafile: the sources of the zip) and extra.json (the extra files
 * and the external packages).
 *
 * @throws UserError when something does not compile, does not exist, is there twice, or is too large for
 *   Lambda.
 */
export async function packageModels(options: PackageOptions): Promise<Package> {
  const { root, library = LIBRARY, models, out, extra = [], external = [] } = options;
  const { modelNames, handlers = {}, graph } = options;
  const bundled = await bundle({
    ...{ root, library, models, modelNames, handlers, external, outdir: OUTDIR, minify: true },
    hasGraph: graph !== undefined,
  });
  const { contents, warnings } = contentsOf(bundled, options);
  refuseMissing(bundled, contents, options);
  const files = contents.read();
  refuseTooLarge(files);
  const folders = { [OUTDIR]: files, 'dist/maps': bundled.maps };
  for (const [path, contents] of Object.entries(folders)) {
    writing(join(root, path), () => writeFolder(join(root, path), contents));
  }
  replaceFile(join(root, 'dist/meta.json'), JSON.stringify(bundled.metafile));
  replaceFile(
    join(root, 'dist/extra.json'),
    JSON.stringify({ files: extra, external, graph: options.graph?.file }),
  );
  const bytes = zip(files);
  // The zip comes last, and whole: a command that is stopped leaves the one before.
  replaceFile(resolve(root, out), bytes);
  return {
    entries: zipEntries(bytes),
    zippedBytes: bytes.length,
    warnings: [...bundled.warnings, ...warnings],
  };
}

/** The contents of the zip. */
function contentsOf(bundled: Bundle, options: PackageOptions) {
  const { root, library = LIBRARY, models, extra = [], architecture = 'arm64' } = options;
  const contents = new ZipContents();
  for (const [path, code] of bundled.files) {
    const model = models[path.slice('models/'.length, -'.mjs'.length)];
    contents.add(path, code, path.startsWith('models/') && model ? resolve(root, model) : `our own ${path}`);
  }
  contents.add('package.json', '{"type":"module"}\n', 'our own package.json');
  if (options.graph !== undefined) {
    contents.add('graph.json', options.graph.json, 'our own graph.json');
  }
  contents.add('licences.txt', licencesOf(bundled.metafile, root, library), 'our own licences.txt');
  const outside = packageFiles(bundled.outside, architecture);
  for (const [path, file] of [...bundled.assets, ...extraFiles(root, extra), ...outside.files]) {
    contents.addFile(path, file);
  }
  return { contents, warnings: outside.warnings };
}

function extraFiles(root: string, extra: readonly string[]): (readonly [string, string])[] {
  return extra.flatMap((each) => {
    const file = resolve(root, each);
    const found = filesIn(file);
    if (found.length === 0) {
      throw new UserError(`${file} has no file; expected a file, or a folder with files`);
    }
    return found.map(([below, from]) => [posix.join('models', basename(file), below), from] as const);
  });
}

/** Refuses a zip without the files that its models name, unless `--file` or MODEL_URI brings them. */
function refuseMissing(
  { missing }: Bundle,
  contents: ZipContents,
  { hasModelUri, graph }: PackageOptions,
): void {
  const absent = missing.filter(
    ({ path, model }) => !contents.has(path) && !graph?.withModelUri.includes(model),
  );
  if (absent.length > 0 && !hasModelUri) {
    throw new UserError(
      `${[...new Set(absent.map(({ text }) => text))].join('\n')}\n(put the file there; or set MODEL_URI if it comes from ` +
        "there; or write modelFile('...', { optional: true }) if the model does without)",
    );
  }
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
