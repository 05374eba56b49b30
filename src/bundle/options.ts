import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { type NativePackages, nativePackages } from './native.ts';
import { oneCore } from './one-core.ts';
import { pages } from './page-plugin.ts';

/** The input of a bundle, where it goes, and for whom. */
export interface BundleOptions {
  /** The project: the folder with handlers/ and src/. */
  readonly root: string;
  /** Model files, absolute or relative to `root`, by name: each becomes models/<name>.mjs. */
  readonly models: Readonly<Record<string, string>>;
  /** The folder that the bundle is written to, relative to `root`: paths in source maps start there. */
  readonly outdir: string;
  /** For AWS: short names, no comments, separate source maps. Default: readable, linked source maps. */
  readonly minify?: boolean;
}

// A CommonJS dependency may require node's own modules, but an ES module has no `require`. Modules of node
// come from getBuiltinModule, which needs no import. Only other modules need a real `require`: it is made at
// its first use, because `createRequire` takes 0.4 ms of a cold start and an import of node:module 0.8 ms;
// this proxy takes 0.02 ms for each file.
const REQUIRE = `const require=(()=>{
let real;const get=()=>real??=process.getBuiltinModule("module").createRequire(import.meta.url);
return new Proxy(()=>{},{apply:(_,self,[id])=>process.getBuiltinModule(id)??get()(id),get:(_,key)=>get()[key]})})();`.replaceAll(
  '\n',
  '',
);

/** The options as esbuild takes them; `native` collects the packages with native code. */
export function toBuildOptions(
  { root, models, outdir, minify = false }: BundleOptions,
  native: NativePackages,
) {
  const handlers = handlerEntries(root);
  return {
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
    alias: { 'seldon-lambda': join(root, 'src/index.ts') },
    banner: { js: REQUIRE },
    plugins: [
      oneCore(root, Object.values(handlers), Object.values(models)),
      pages,
      nativePackages(native, !minify),
    ],
    minify,
    sourcemap: minify ? 'external' : 'linked',
    metafile: true,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

function handlerEntries(root: string): Record<string, string> {
  const files = readdirSync(join(root, 'handlers')).filter((file) => file.endsWith('.ts'));
  return Object.fromEntries(files.map((file) => [`handlers/${parse(file).name}`, `handlers/${file}`]));
}

function modelEntries(models: BundleOptions['models']): Record<string, string> {
  return Object.fromEntries(Object.entries(models).map(([name, file]) => [`models/${name}`, file]));
}
