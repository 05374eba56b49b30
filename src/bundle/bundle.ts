import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, parse, relative, resolve } from 'node:path';
import {
  type BuildFailure,
  type BuildOptions,
  type BuildResult,
  build,
  context,
  type Message,
  type Metafile,
  type Plugin,
  type PluginBuild,
  stop,
} from 'esbuild';
import { modelData } from './model-assets.ts';
import { type NativePackages, nativePackages } from './native.ts';
import { pages } from './page-plugin.ts';
import { UserError } from './user-error.ts';

/** What to bundle, and how. */
export interface BundleOptions {
  /** The project: the folder with handlers/ and src/. */
  readonly root: string;
  /** Model files, absolute or from `root`, by name: each becomes models/<name>.mjs. */
  readonly models: Readonly<Record<string, string>>;
  /** Where the bundle is going to lie, from `root`: what paths in source maps start from. */
  readonly outdir: string;
  /** For AWS: short names, no comments, source maps apart. Default: readable, linked to its source maps. */
  readonly minify?: boolean;
}

/**
 * A bundle in memory. Every file lies one level below its root, where src/runtime/unit/load.ts looks for
 * `../models/`.
 */
export interface Bundle {
  /** handlers/, chunks/ and models/, by path and in its order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Their source maps, `sources` relative to `outdir`. */
  readonly maps: ReadonlyMap<string, Uint8Array>;
  /**
   * Files that models name in calls of `modelFile()`: where they belong in the bundle, and where they are.
   */
  readonly data: ReadonlyMap<string, string>;
  /** Packages with native code, which are not in `files`. */
  readonly native: NativePackages;
  readonly metafile: Metafile;
  /** Each as `file:line:column: text`. */
  readonly warnings: readonly string[];
}

/**
 * All handlers and the given models as ES modules that share chunks, so that a model's `import ... from
 * 'seldon-lambda'` is the very code its handler runs.
 *
 * @throws UserError when something does not compile, or a model file exports no class.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const native: NativePackages = new Map();
  const result = await build({ ...settings(options, native), write: false }).catch(
    (failure: BuildFailure) => {
      if (failure.errors) {
        return failure;
      }
      throw failure;
    },
  );
  return readResult(result, options, native);
}

/**
 * Bundles now and after each change of a source file, until the function that it returns is called.
 *
 * @param onBundle - gets each bundle, or what is wrong, and the milliseconds it took.
 */
export async function watchBundle(
  options: BundleOptions,
  onBundle: (result: Bundle | UserError, ms: number) => void | Promise<void>,
): Promise<() => Promise<void>> {
  const report = {
    name: 'report',
    setup({ onStart, onEnd }: PluginBuild) {
      let start = 0;
      onStart(() => {
        start = performance.now();
      });
      onEnd(async (result) =>
        onBundle(await attempt(() => readResult(result, options, native)), performance.now() - start),
      );
    },
  };
  const native: NativePackages = new Map();
  const { plugins, ...others } = settings(options, native);
  const watching = await context({ ...others, write: false, plugins: [...plugins, report] });
  await watching.watch();
  // While it watches, esbuild does not always notice that it has been left alone, and would stay with our
  // outputs open.
  process.once('exit', stop);
  return () => watching.dispose();
}

// A CommonJS dependency may require node's own modules, which node gives away without it, and an ES module
// has no `require`. Made when it is first used for others, that is 0.02 ms a file of a cold start; each
// `createRequire` would be 0.4 ms, and an import of node:module 0.8 ms.
const REQUIRE = `const require=(()=>{
let real;const get=()=>real??=process.getBuiltinModule("module").createRequire(import.meta.url);
return new Proxy(()=>{},{apply:(_,self,[id])=>process.getBuiltinModule(id)??get()(id),get:(_,key)=>get()[key]})})();`.replaceAll(
  '\n',
  '',
);

function settings({ root, models, outdir, minify = false }: BundleOptions, native: NativePackages) {
  return {
    absWorkingDir: root,
    entryPoints: { ...handlerEntries(root), ...modelEntries(models) },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: minify ? 'node22' : 'node20',
    // An alias and not the export condition `source`: other packages have a `source` of their own, and a
    // model may lie outside of this package, where it cannot refer to itself.
    alias: { 'seldon-lambda': join(root, 'src/index.ts') },
    banner: { js: REQUIRE },
    plugins: [oneCore(root, Object.values(models)), pages, nativePackages(native, !minify)],
    minify,
    sourcemap: minify ? 'external' : 'linked',
    metafile: true,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

/**
 * Makes what every handler loads one chunk, and what every function with a store loads another.
 *
 * esbuild puts files into one chunk when the same entry points import them, and a model or a lazily imported
 * file is an entry point too: what it shares with the handlers would become chunks of their own, 0.3 ms of
 * every cold start each. So these import all that the handlers do, which is in memory by then; and those that
 * share more with src/runtime/state/first.chunk.ts than that import all of it.
 */
function oneCore(root: string, models: readonly string[]): Plugin {
  const source = join(root, 'src');
  const core = join(source, 'runtime/lambda/handler.ts');
  const stored = join(source, 'runtime/state/first.chunk.ts');
  const inCore = withImports([core]);
  const ofStored = [...withImports([stored])].filter((path) => !inCore.has(path));
  const isShared = (path: string) => {
    const needed = withImports([path]);
    return ofStored.some((each) => needed.has(each));
  };
  const lazy = lazyFiles(source).map((path) => [path, isShared(path) ? [core, stored] : [core]] as const);
  const added = new Map<string, readonly string[]>([
    ...models.map((file) => [resolve(root, file), [core]] as const),
    ...lazy,
  ]);
  return {
    name: 'one-core',
    setup({ onLoad }) {
      onLoad({ filter: /\.(ts|js|mjs)$/ }, ({ path }) => {
        const imported = added.get(path)?.filter((each) => each !== path);
        if (imported === undefined) {
          return undefined;
        }
        // Relative: the path goes into the source map, and the same sources shall give the same bytes
        // anywhere.
        const lines = imported.map(
          (each) => `;import ${JSON.stringify(`./${relative(dirname(path), each)}`)};`,
        );
        const contents = `${readFileSync(path, 'utf8')}\n${lines.join('')}\n`;
        return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
    },
  };
}

/** The files of `folder` that another one imports when it first needs them. */
function lazyFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => importsOf(join(folder, file), /\bimport\('(\.[^']+)'\)/g));
}

/** The files, and what they import when they are loaded, of ours. */
function withImports(paths: Iterable<string>): ReadonlySet<string> {
  const found = new Set(paths);
  // A set that grows while it is walked.
  for (const path of found) {
    if (path.endsWith('.ts')) {
      for (const imported of importsOf(path, /^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm)) {
        found.add(imported);
      }
    }
  }
  return found;
}

function importsOf(path: string, pattern: RegExp): string[] {
  const imports = readFileSync(path, 'utf8').matchAll(pattern);
  return [...imports].map(([, imported]) => resolve(dirname(path), imported as string));
}

function handlerEntries(root: string): Record<string, string> {
  const files = readdirSync(join(root, 'handlers')).filter((file) => file.endsWith('.ts'));
  return Object.fromEntries(files.map((file) => [`handlers/${parse(file).name}`, `handlers/${file}`]));
}

function modelEntries(models: BundleOptions['models']): Record<string, string> {
  return Object.fromEntries(Object.entries(models).map(([name, file]) => [`models/${name}`, file]));
}

async function readResult(
  result: BuildFailure | BuildResult,
  options: BundleOptions,
  native: NativePackages,
): Promise<Bundle> {
  if (result.errors.length > 0) {
    throw new UserError(result.errors.map(toLine).join('\n'));
  }
  const { warnings, outputFiles = [], metafile } = result as BuildResult<{ metafile: true; write: false }>;
  const base = join(options.root, options.outdir);
  const outputs = outputFiles
    .map(({ path, contents }) => [relative(base, path), contents] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const maps = new Map(outputs.filter(([path]) => path.endsWith('.map')));
  const files = new Map(outputs.filter(([path]) => !path.endsWith('.map')));
  const found = [...warnings.map(toLine), ...checkExports(options, metafile)];
  const { files: data, warnings: unknown } = await modelData(metafile, options);
  return { files, maps, data, native, metafile, warnings: [...found, ...unknown] };
}

/**
 * A model file needs a class of its own name, or a default one; any other class is served by a MODEL_NAME of
 * two parts.
 */
function checkExports({ models, outdir }: BundleOptions, { outputs }: Metafile): string[] {
  return Object.entries(models).flatMap(([path, file]) => {
    const { name } = parse(path);
    const { exports } = outputs[`${outdir}/models/${path}.mjs`];
    if (exports.includes(name) || exports.includes('default')) {
      return [];
    }
    const classes = exports.filter((name) => /^[A-Z]/.test(name));
    const found = `${file} exports ${exports.join(', ') || 'nothing'}`;
    if (classes.length === 0) {
      throw new UserError(`${found}; expected a class ${name}, or a default export`);
    }
    const names = classes.map((each) => `${path.replaceAll('/', '.')}.${each}`);
    return [`${found} and no class ${name}: serve it with MODEL_NAME=${names.join(' or ')}`];
  });
}

function toLine({ location, text }: Message): string {
  const [, missing] = /^Could not resolve "(@[^"/]+\/[^"/]+|[^"./][^"/]*)/.exec(text) ?? [];
  const shown = missing ? `the package ${missing} is not installed: npm install ${missing}` : text;
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${shown}` : shown;
}

async function attempt(read: () => Promise<Bundle>): Promise<Bundle | UserError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) {
      return error;
    }
    throw error;
  }
}
