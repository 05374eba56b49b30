import { existsSync, readFileSync } from 'node:fs';
import { dirname, posix, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildFailure, build, type OnLoadResult, type Plugin, type PluginBuild } from 'esbuild';
import { filesIn } from './files-in.ts';
import { ownerOf } from './installed.ts';
import {
  asksLocation,
  LOCATION,
  LOCATION_DEFINE,
  type Named,
  namedFiles,
  placeOf,
  ROOT_MODULE,
  ROOT_SPECIFIER,
  replaceUrl,
  withLocation,
} from './location.ts';
import { coreImport } from './one-core.ts';
import { isOwnCode } from './own-code.ts';
import type { Thread } from './threads.ts';

/** Findings in a source: the files beside it that it needs, and what is wrong. */
export interface SourceFindings {
  /** Path in the bundle -> path on this machine. */
  readonly assets: ReadonlyMap<string, string>;
  /** Code that it starts as a thread. */
  readonly threads: readonly Thread[];
  /** Each as `file:line: text`. */
  readonly warnings: readonly string[];
}

/** The code that models load. */
export interface ModelCodeOptions {
  readonly root: string;
  readonly library: string;
  /** The files of the models, absolute. */
  readonly models: readonly string[];
  /** The folders that the models and their files lie in. */
  readonly folders: readonly string[];
  /** The bundle runs on this machine, where the files of all sources are. */
  readonly isHere: boolean;
  /** The functions are in the bundle: a model imports all that they load, which makes fewer files. */
  readonly hasCore: boolean;
  /** Folders of the packages that this project itself loads. */
  readonly ownPackages: () => Promise<ReadonlySet<string>>;
  /** Gets the findings by source, absolute. */
  readonly findings: Map<string, SourceFindings>;
  /** Gets the sources as they were printed, by their paths: what esbuild reports of them is about these. */
  readonly printed: Map<string, string>;
  /** Bundles a file for a thread. */
  readonly bundleThread: (file: string) => Promise<Thread>;
}

/**
 * Prepares the code that models load, and no other. Classes and functions keep their names, although a bundle
 * for AWS is minified. `import.meta.url`, `__dirname` and the like are those of the source, on this machine
 * or where its files lie in the zip, and the files that it names beside itself are collected.
 */
export function modelCode(options: ModelCodeOptions): Plugin {
  const { root, library, isHere } = options;
  return {
    name: 'model-code',
    setup({ onResolve, onLoad }: PluginBuild) {
      const filter = new RegExp(`^${ROOT_SPECIFIER}$`);
      onResolve({ filter }, ({ path }) => ({ path, namespace: 'root', sideEffects: false }));
      onLoad({ filter, namespace: 'root' }, () => ({ contents: ROOT_MODULE, loader: 'js' }));
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }): Promise<OnLoadResult | undefined> => {
        // A model may lie among this package's own code.
        if (isOwnCode(path, library) && !options.models.includes(path)) {
          return undefined;
        }
        const owner = ownerOf(path);
        const isUsers = owner === undefined;
        const isPackage = owner !== undefined && !(await options.ownPackages()).has(owner.folder);
        if (!isUsers && !(isPackage && (!isHere || LOCATION.test(readFileSync(path, 'utf8'))))) {
          return undefined;
        }
        const contents = await attempt(async () => {
          // Errors of a source that cannot be printed are about itself, and not about how it was before.
          options.printed.delete(path);
          const code = await print(path, root);
          options.printed.set(path, code);
          return locate(code, path, isUsers, options);
        });
        if (typeof contents !== 'string') {
          return { ...contents, watchFiles: [path] };
        }
        const core = options.hasCore && options.models.includes(path) ? `\n${coreImport(path, library)}` : '';
        const threads = options.findings.get(path)?.threads ?? [];
        const watchFiles = [path, ...threads.flatMap(({ sources }) => sources)];
        // An import or export of a source in TypeScript may be a type, of which nothing is left.
        const loader = /\.[cm]?tsx?$/.test(path) ? 'ts' : 'js';
        return { contents: `${contents}${core}`, loader, watchFiles };
      });
    },
  };
}

/** The line of a source that has these words, or 1. */
function lineOf(path: string, words: string | RegExp): number {
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => (typeof words === 'string' ? line.includes(words) : words.test(line)));
  return at < 0 ? 1 : at + 1;
}

/** A source as esbuild prints it: without types and comments, with the names of functions. */
async function print(path: string, root: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    outdir: dirname(path),
    platform: 'node',
    target: 'esnext',
    define: LOCATION_DEFINE,
    keepNames: true,
    sourcemap: 'inline',
    legalComments: 'inline',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** The result, or what esbuild finds wrong in a source. */
async function attempt(make: () => Promise<string>): Promise<string | Pick<BuildFailure, 'errors'>> {
  try {
    return await make();
  } catch (failure) {
    const { errors } = failure as BuildFailure;
    if (!errors) {
      throw failure;
    }
    return { errors };
  }
}

/** Code that knows where it is, if it asks; its findings go to `findings`. */
async function locate(code: string, path: string, isUsers: boolean, options: ModelCodeOptions) {
  if (!asksLocation(code)) {
    options.findings.delete(path);
    return code;
  }
  const [first = options.root] = options.folders;
  const above = options.folders.filter((each) => path.startsWith(each + sep));
  const folder = above.sort((a, b) => b.length - a.length)[0] ?? first;
  const place = placeOf(path, folder);
  const found = isUsers ? await find(code, path, place, options) : { code };
  const url = options.isHere ? pathToFileURL(path).href : place.split('/').map(encodeURIComponent).join('/');
  return withLocation(found.code, url, isModule(code, path));
}

/** False for CommonJS. esbuild prints each import and export at the start of a line. */
function isModule(code: string, path: string): boolean {
  return (
    /^(?:import|export)\b/m.test(code) ||
    (!/\.c[jt]s$/.test(path) && !/\b(?:require\(|module\.|exports\.)/.test(code))
  );
}

async function find(code: string, path: string, place: string, options: ModelCodeOptions) {
  const assets = new Map<string, string>();
  const threads: Thread[] = [];
  const warnings: string[] = [];
  const named = namedFiles(code, path);
  const warn = (text: string, words: string | RegExp) =>
    warnings.push(`${relative(options.root, path)}:${lineOf(path, words)}: ${text}`);
  let changed = code;
  for (const each of named) {
    const isCode = /\.[cm]?[jt]sx?$/.test(each.file);
    if (!existsSync(each.file)) {
      warn(
        `there is no ${each.file}, which the code names as '${each.name}'; it is not in the zip`,
        each.name,
      );
    } else if (isCode && each.isCertain && replaceUrl(code, each.name, '') !== code) {
      const thread = await options.bundleThread(each.file);
      threads.push(thread);
      changed = replaceUrl(changed, each.name, thread.path);
    } else if (!isCode || each.isCertain) {
      take(each);
    }
  }
  if (named.length === 0) {
    warn(
      'the files that it reads beside itself are not known here, and not in the zip; --file adds them',
      LOCATION,
    );
  }
  options.findings.set(path, { assets, threads, warnings });
  return { code: changed };

  function take({ file, name }: Named) {
    for (const [below, each] of filesIn(file)) {
      const target = posix.join(posix.dirname(place), relative(dirname(path), file), below);
      if (target.startsWith('..')) {
        warn(`${name} lies too far up to be in the zip; expected a file in ${dirname(path)}`, name);
        return;
      }
      assets.set(target, each);
    }
  }
}
