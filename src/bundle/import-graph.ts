import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { dependenciesOf, findPackage, nameOf } from './installed.ts';

/** The files of this package that the functions consist of, and their imports; paths from the library. */
export interface ImportGraph {
  /** The files that are imported only when they are needed, by `import()`. */
  readonly lazy: readonly string[];
  /** The folders of the packages that are imported, and of those that these depend on. */
  readonly packages: ReadonlySet<string>;
  /** A file and all that is loaded with it. */
  loadedBy(file: string): ReadonlySet<string>;
}

/**
 * Reads the imports of all functions. esbuild itself finds them, so that none is missed, however it is
 * written. Packages and pages are left out.
 *
 * The graph is empty when a file does not compile: the bundle itself then fails and reports it.
 *
 * @param library - the folder with handlers/ and src/. @param handlers - their files, relative to it.
 */
export async function importGraph(library: string, handlers: readonly string[]): Promise<ImportGraph> {
  const { inputs } = await build({
    absWorkingDir: library,
    // One entry point: with one for each handler, esbuild would write the shared code twelve times.
    stdin: { contents: handlers.map((file) => `import './${file}';`).join('\n'), resolveDir: library },
    bundle: true,
    packages: 'external',
    loader: { '.html': 'empty' },
    format: 'esm',
    platform: 'node',
    metafile: true,
    write: false,
    logLevel: 'silent',
  }).then(
    ({ metafile }) => metafile,
    () => ({ inputs: {} as Metafile['inputs'] }),
  );
  const importsOf = (file: string, kind: string) =>
    (inputs[file]?.imports ?? [])
      .filter((each) => each.kind === kind && each.external !== true)
      .map(({ path }) => path);
  const external = Object.values(inputs).flatMap(({ imports }) => imports.filter((each) => each.external));
  return {
    packages: withDependencies(
      external.map(({ path }) => nameOf(path)),
      library,
    ),
    lazy: [...new Set(Object.keys(inputs).flatMap((file) => importsOf(file, 'dynamic-import')))],
    loadedBy(file) {
      const found = new Set([file]);
      // A set that grows while it is walked.
      for (const each of found) {
        for (const imported of importsOf(each, 'import-statement')) {
          found.add(imported);
        }
      }
      return found;
    },
  };
}

/** The folders of packages by their names, and of all that they depend on. */
function withDependencies(names: readonly string[], library: string): ReadonlySet<string> {
  // In its real folder, as esbuild finds them.
  const from = realpathSync(join(library, 'src'));
  const found = new Set(
    names.flatMap((name) => findPackage(name, from) ?? []).map((each) => realpathSync(each)),
  );
  // A set that grows while it is walked.
  for (const folder of found) {
    for (const name of dependenciesOf(folder).needed) {
      const dependency = findPackage(name, folder);
      if (dependency !== undefined) {
        found.add(dependency);
      }
    }
  }
  return found;
}
