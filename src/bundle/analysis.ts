import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildResult, build, type Metafile, transform } from 'esbuild';
import type { ImportGraph } from './import-graph.ts';
import { isOptionalFor, ownerOf } from './installed.ts';
import { LOCATION } from './location.ts';
import type { BundleOptions } from './options.ts';
import { outsidePackages } from './outside.ts';

/** Findings about models and the packages that they import, before they are bundled. */
export interface Analysis {
  /** Folders of the packages that do not work in a bundle. */
  readonly outside: ReadonlySet<string>;
  /** Packages that are not installed -> the names of the models that import them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** Calls whose argument is known at run time only: what they load cannot be bundled. */
const DYNAMIC = ['unsupported-require-call', 'require-resolve-not-external', 'unsupported-dynamic-import'];

/**
 * Looks at the code that models load, without that of this project. A package stays outside of the bundle
 * when its code asks where it is, since it reads files beside itself; when it loads by a name that it makes
 * at run time; or when it imports what is not installed, and may do without.
 *
 * It finds nothing when a file does not compile: the bundle then reports it.
 *
 * @param readGraph - reads the imports of this package's functions.
 */
export async function analyze(
  options: BundleOptions,
  readGraph: () => Promise<ImportGraph>,
): Promise<Analysis> {
  const { root, models, external } = options;
  const missing = new Map<string, Set<string>>();
  const result = await build({
    absWorkingDir: root,
    entryPoints: { ...models },
    outdir: 'analysis',
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['seldon-lambda', 'seldon-lambda/*'],
    loader: { '.node': 'empty' },
    plugins: [
      outsidePackages({
        found: new Map(),
        isHere: false,
        external,
        onMissing: (name, importer) => missing.set(name, (missing.get(name) ?? new Set()).add(importer)),
      }),
    ],
    logOverride: Object.fromEntries(DYNAMIC.map((id) => [id, 'warning'])),
    metafile: true,
    write: false,
    logLevel: 'silent',
  }).catch(() => undefined);
  if (result === undefined) {
    return { outside: new Set(), missing: new Map() };
  }
  const { packages } = await readGraph();
  const folders = [
    ...(await locatedPackages(result.metafile, root)),
    ...dynamicPackages(result, root),
    ...[...missing].flatMap(([name, importers]) => [...importers].flatMap((file) => undeclared(file, name))),
  ];
  return {
    outside: new Set(folders.filter((folder) => !packages.has(folder))),
    missing: usersOf(missing, result.metafile, root),
  };
}

/** The packages whose code asks for its own file or folder. */
async function locatedPackages({ inputs }: Metafile, root: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of Object.keys(inputs)) {
    const file = join(root, path);
    const folder = ownerOf(file)?.folder;
    if (folder !== undefined && !found.has(folder) && /\.[cm]?js$/.test(file) && (await isLocated(file))) {
      found.add(folder);
    }
  }
  return [...found];
}

async function isLocated(file: string): Promise<boolean> {
  const source = readFileSync(file, 'utf8');
  if (!LOCATION.test(source)) {
    return false;
  }
  // esbuild prints it without comments.
  const { code } = await transform(source, { loader: 'js', legalComments: 'none' });
  return LOCATION.test(code);
}

function dynamicPackages({ warnings }: BuildResult, root: string): string[] {
  return warnings
    .filter(({ id }) => DYNAMIC.includes(id))
    .flatMap(({ location }) => ownerOf(join(root, location?.file ?? ''))?.folder ?? []);
}

/** The package of a file that imports what its package.json does not name. */
function undeclared(file: string, name: string): string[] {
  const owner = ownerOf(file);
  return owner === undefined || isOptionalFor(owner, name) ? [] : [owner.folder];
}

/** The models that reach a file of the user which imports what is not installed. */
function usersOf(
  missing: ReadonlyMap<string, ReadonlySet<string>>,
  { inputs, outputs }: Metafile,
  root: string,
): Map<string, string[]> {
  const models = Object.entries(outputs).flatMap(([path, { entryPoint }]) => {
    const name = /^analysis\/(.+)\.js$/.exec(path)?.[1];
    return name === undefined || entryPoint === undefined
      ? []
      : [[name, reachedFrom(inputs, entryPoint)] as const];
  });
  const isUsers = (file: string) => ownerOf(file) === undefined;
  const users = (importers: readonly string[]) =>
    models.flatMap(([name, files]) =>
      [...files].some((file) => importers.includes(join(root, file))) ? [name] : [],
    );
  return new Map([...missing].map(([name, importers]) => [name, users([...importers].filter(isUsers))]));
}

/** A file and all that it imports. */
export function reachedFrom(inputs: Metafile['inputs'], entryPoint: string): ReadonlySet<string> {
  const found = new Set([entryPoint]);
  // A set that grows while it is walked.
  for (const file of found) {
    for (const { path, external } of inputs[file]?.imports ?? []) {
      if (!external) {
        found.add(path);
      }
    }
  }
  return found;
}
