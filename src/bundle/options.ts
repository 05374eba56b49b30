import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { type ImportGraph, importGraph } from './import-graph.ts';
import { laterCrypto } from './later-crypto.ts';
import { modelCode, type SourceFindings } from './model-code.ts';
import { oneCore } from './one-core.ts';
import { type OutsidePackages, outsidePackages } from './outside.ts';
import { handlerEntries, LIBRARY, ownEntries, ownHandlers } from './own-code.ts';
import { pages } from './page-plugin.ts';
import { bundleThread } from './threads.ts';

/** The input of a bundle, where it goes, and for whom. */
export interface BundleOptions {
  /** The project: the folder with the models, and with handlers/ if it has handlers of its own. */
  readonly root: string;
  /** The folder with the handlers/ and the src/ of this package; default: {@link LIBRARY}. */
  readonly library?: string;
  /** Model files, absolute or relative to `root`, by name: each becomes models/<name>.mjs. */
  readonly models: Readonly<Record<string, string>>;
  /** MODEL_NAME of each model that is served, as far as that is known. */
  readonly modelNames?: readonly string[] | undefined;
  /** The folder that the bundle is written to, relative to `root`: paths in source maps start there. */
  readonly outdir: string;
  /** For AWS: short names, no comments, separate source maps. Default: readable, linked source maps. */
  readonly minify?: boolean;
  /** Names of packages that stay outside of the bundle, and need not be installed. */
  readonly external?: readonly string[];
  /** Whether the models are units of a graph, whose handler is bundled then. Default: false. */
  readonly hasGraph?: boolean;
  /** The handlers that functions name, by the place of this name: `handlers/own.handler`. Default: none. */
  readonly handlers?: Readonly<Record<string, string>>;
  /** Without this package's functions, only to look at the code of a user. Default: false. */
  readonly isOwnOnly?: boolean;
}

// A CommonJS dependency may require node's own modules, but an ES module has no `require`. Modules of node
// come from getBuiltinModule, which needs no import. Only other modules need a real `require`: it is made at
// its first use, because `createRequire` takes 0.4 ms of a cold start and an import of node:module 0.8 ms;
// this proxy takes 0.02 ms for each file.
export const REQUIRE = `const require=(()=>{
let real;const get=()=>real??=process.getBuiltinModule("module").createRequire(import.meta.url);
return new Proxy(()=>{},{apply:(_,self,[id])=>process.getBuiltinModule(id)??get()(id),get:(_,key)=>get()[key]})})();`.replaceAll(
  '\n',
  '',
);

/** Collects, while esbuild runs, all that its own result does not tell. */
export interface Findings {
  /** Packages that stay outside of the bundle. */
  readonly outside: OutsidePackages;
  /** By source, absolute. */
  readonly sources: Map<string, SourceFindings>;
  /** Sources as they were printed for the bundle, with their source maps; by source, absolute. */
  readonly printed: Map<string, string>;
}

/** Without anything found yet. */
export function noFindings(): Findings {
  return { outside: new Map(), sources: new Map(), printed: new Map() };
}

/** The reader of the imports of this package's functions, which reads them once, when it is first asked. */
export function graphReader({ library = LIBRARY }: BundleOptions): () => Promise<ImportGraph> {
  let read: Promise<ImportGraph> | undefined;
  return () => {
    read ??= importGraph(library, ownHandlers(library));
    return read;
  };
}

/** The options as esbuild takes them; `folders`: of packages that stay outside of the bundle. */
export function toBuildOptions(
  options: BundleOptions,
  findings: Findings,
  readGraph: () => Promise<ImportGraph>,
  folders?: ReadonlySet<string>,
) {
  const { root, library = LIBRARY, models, outdir, minify = false, external, hasGraph = false } = options;
  const { isOwnOnly = false } = options;
  const files = Object.values(models).map((file) => resolve(root, file));
  const handlers = handlerEntries({ root, library, hasGraph, isOwnOnly }, files);
  const build = {
    absWorkingDir: root,
    entryPoints: { ...handlers, ...modelEntries(models) },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: minify ? 'node22' : 'node20',
    // An alias, not an export condition: conditions would also apply to other packages, and a model outside
    // this package could not import it by its name.
    alias: ownEntries(library),
    banner: { js: REQUIRE },
    logOverride: { 'unsupported-require-call': 'warning', 'unsupported-dynamic-import': 'warning' },
    minify,
    // For AWS only the code that models load keeps its names.
    keepNames: !minify,
    sourcemap: minify ? 'external' : 'linked',
    metafile: true,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
  const code = modelCode({
    root,
    library,
    models: Object.values(models).map((file) => toReal(resolve(root, file))),
    folders: modelFolders(options),
    isHere: !minify,
    hasCore: !isOwnOnly,
    ownPackages: async () => (await readGraph()).packages,
    findings: findings.sources,
    printed: findings.printed,
    bundleThread: (file) => bundleThread(file, { ...build, plugins: [pages, outside, code] }),
  });
  const outside = outsidePackages({ found: findings.outside, isHere: !minify, external, folders });
  const core = isOwnOnly ? [] : [oneCore(library, hasGraph, readGraph)];
  return { ...build, plugins: [...core, pages, laterCrypto, outside, code] };
}

/** The folders that models and their files lie in: `lib/routers` in models/lib/routers.ts lies in models. */
function modelFolders({ root, models }: BundleOptions): string[] {
  const folders = Object.entries(models).map(([name, file]) =>
    resolve(toReal(resolve(root, file)), ...name.split('/').map(() => '..')),
  );
  return [...new Set(folders)];
}

/** As esbuild names a file, behind all links. */
function toReal(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

function modelEntries(models: BundleOptions['models']): Record<string, string> {
  return Object.fromEntries(Object.entries(models).map(([name, file]) => [`models/${name}`, file]));
}
