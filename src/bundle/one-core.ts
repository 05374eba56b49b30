import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { OnResolveArgs, Plugin } from 'esbuild';
import { COPIED, copyOf } from './copies.ts';
import type { ImportGraph } from './import-graph.ts';
import { SOURCE_TYPE } from './own-code.ts';

/** Every handler loads this file. */
const CORE = `src/handler${SOURCE_TYPE}`;
/** Every function with a store also loads this one. */
const FIRST = `src/runtime/unit/first.chunk${SOURCE_TYPE}`;

/** The function of a graph also loads this one. */
const GRAPH = `src/runtime/graph/graph.chunk${SOURCE_TYPE}`;
/**
 * The first request of a protocol loads one of these, and so do the lazily imported files of these folders.
 * Seldon's messages never load what they do not use.
 */
const WIRES: ReadonlyMap<string, RegExp> = new Map([
  [
    `src/runtime/protocols/open-inference/wire${SOURCE_TYPE}`,
    /^src\/runtime\/protocols\/(open-inference|tensors)\//,
  ],
  [`src/runtime/protocols/tensorflow/wire${SOURCE_TYPE}`, /^src\/runtime\/protocols\/tensorflow\//],
]);
/** Shared by the function of a graph and the functions of single methods: small, and without a state. */
const SPECS = 'src/runtime/endpoints';

/**
 * Makes one chunk of what every handler loads, another one of what every function with a store loads, one of
 * what the function of a graph loads, and one for each protocol that is loaded when it is needed.
 *
 * esbuild puts files into one chunk when the same entry points import them, and each model and each lazily
 * imported file is an entry point too. The code that one of these shares with the handlers would become a
 * chunk of its own, at 0.3 ms of every cold start. So each of them gets an import of all that the handlers
 * load, which is in memory by then. Those that share more with first.chunk.ts than that get an import of all
 * of it, too; and so with graph.chunk.ts, which gets copies of the specs that other functions load as well,
 * and with the wires of protocols.
 *
 * @param hasGraph - whether the function of a graph is bundled.
 * @param readGraph - reads the imports of the functions in `library`.
 */
export function oneCore(library: string, hasGraph: boolean, readGraph: () => Promise<ImportGraph>): Plugin {
  const loader = SOURCE_TYPE === '.ts' ? 'ts' : 'js';
  return {
    name: 'one-core',
    async setup({ onLoad, onResolve }) {
      const added = new Map(
        addedToLazy(await readGraph(), hasGraph).map(([file, imports]) => [join(library, file), imports]),
      );
      // esbuild asks about each file that a filter matches, which takes a millisecond.
      const copied = [...COPIED, ...readdirSync(join(library, SPECS)).map((name) => `${SPECS}/${name}`)];
      onResolve({ filter: endingWith(copied.map((file) => `/${basename(file)}`)) }, (imported) => {
        const path = join(imported.resolveDir, imported.path);
        const suffix =
          isOfGraph(imported, library) && path.startsWith(join(library, SPECS) + sep)
            ? OF_GRAPH
            : copyOf(path, imported, library);
        return suffix === undefined ? undefined : { path, suffix, pluginData: { suffix } };
      });
      const changed = [...copied.map((file) => join(library, file)), ...added.keys()];
      onLoad({ filter: endingWith(changed) }, ({ path, pluginData }) => {
        if (pluginData?.suffix !== undefined) {
          return { contents: readFileSync(path, 'utf8'), loader, pluginData };
        }
        const imports = added.get(path)?.filter((each) => join(library, each) !== path) ?? [];
        if (imports.length === 0) {
          return undefined;
        }
        const lines = imports.map((each) => importLine(path, join(library, each)));
        return { contents: `${readFileSync(path, 'utf8')}\n${lines.join('')}\n`, loader };
      });
    },
  };
}

function endingWith(texts: readonly string[]): RegExp {
  return new RegExp(`(?:${texts.map((text) => text.replace(/[^\w/]/g, '\\$&')).join('|')})$`);
}

/** Marks the copies that the function of a graph has. */
const OF_GRAPH = '?graph';

/** Whether the code of a graph loads a file with its own; what a copy imports is copied, too. */
function isOfGraph({ importer, kind, pluginData }: OnResolveArgs, library: string): boolean {
  const isImporter = importer.startsWith(join(library, dirname(GRAPH)) + sep);
  return kind === 'import-statement' && (pluginData?.suffix === OF_GRAPH || isImporter);
}

/** The imports that each lazily imported file gets. */
function addedToLazy(graph: ImportGraph, hasGraph: boolean): (readonly [string, readonly string[]])[] {
  const inCore = graph.loadedBy(CORE);
  const beyond = (root: string) => [...graph.loadedBy(root)].filter((file) => !inCore.has(file));
  const shared = [FIRST, ...(hasGraph ? [GRAPH] : []), ...WIRES.keys()].map((root) => ({
    root,
    files: beyond(root).filter((file) => !file.startsWith(`${SPECS}/`)),
  }));
  return graph.lazy.map((file) => {
    const loaded = graph.loadedBy(file);
    const roots = shared.filter(
      ({ root, files }) => WIRES.get(root)?.test(file) !== false && files.some((each) => loaded.has(each)),
    );
    return [file, [CORE, ...roots.map(({ root }) => root)]];
  });
}

/** The import of all that every handler loads, for a model: see {@link oneCore}. */
export function coreImport(model: string, library: string): string {
  return importLine(model, join(library, CORE));
}

/** Relative, because it is part of the source map: the same sources give the same bytes in any folder. */
function importLine(from: string, to: string): string {
  return `;import ${JSON.stringify(`./${relative(dirname(from), to)}`)};`;
}
