import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { bundle } from '../../src/bundle/bundle.ts';
import { pages } from '../../src/bundle/page-plugin.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Code in memory, with esbuild's description of it. */
export interface Built {
  /** By path from `outdir`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
  /** Prefix of the paths in `metafile`. */
  readonly outdir: string;
}

/** Functions as they would be deployed, in a temporary folder. */
export interface Artifact {
  /** Holds handlers/, chunks/ and models/, and the modules that were asked for. */
  readonly folder: string;
  readonly handlers: Built;
  remove(): void;
}

/** Files, from the project's root, by name. */
export type Entries = Readonly<Record<string, string>>;

/**
 * Bundles all handlers with models as `npm run package` does, and other modules each into one file, and
 * writes them to a temporary folder.
 *
 * @param models - become models/<name>.mjs.
 * @param modules - become <name>.mjs.
 */
export async function openArtifact(models: Entries, modules: Entries = {}): Promise<Artifact> {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-artifact-'));
  const handlers = await bundleHandlers(models);
  writeBuilt(folder, handlers);
  writeBuilt(folder, await bundleModules({ entries: modules, folder }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  return { folder, handlers, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Bundles all handlers with models, in memory; that of a graph if `hasGraph`. */
export async function bundleHandlers(models: Entries, hasGraph = false): Promise<Built> {
  const outdir = 'dist/artifact';
  return { ...(await bundle({ root: ROOT, models, outdir, minify: true, hasGraph })), outdir };
}

/** The modules to bundle, and how. */
export interface ModulesOptions {
  readonly entries: Entries;
  /** Where the code will be written to. */
  readonly folder: string;
  /** Where `entries` and their packages are; default: the project's root. */
  readonly root?: string;
  /**
   * Gives lazily imported code files of its own; default: each entry is one file with all that it may load.
   */
  readonly hasChunks?: boolean;
  /**
   * Defines `require`, which CommonJS dependencies call and an ES module does not have; default false, as it
   * loads a part of node at the start.
   */
  readonly hasRequire?: boolean;
}

const REQUIRE = 'const require=process.getBuiltinModule("module").createRequire(import.meta.url);';

/** Bundles modules to minified `<name>.mjs`, in memory. */
export async function bundleModules(options: ModulesOptions): Promise<Built> {
  const { entries, folder, root = ROOT, hasChunks = false, hasRequire = false } = options;
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    banner: { js: hasRequire ? REQUIRE : '' },
    bundle: true,
    plugins: [pages],
    splitting: hasChunks,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [relative(folder, path), contents]));
  return { files, metafile, outdir: relative(root, folder) };
}

/** Writes code below `folder`. */
export function writeBuilt(folder: string, { files }: Built): void {
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
}
