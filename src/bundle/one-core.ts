import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { type ImportGraph, importGraph } from './import-graph.ts';
import { ownHandlers, SOURCE_TYPE } from './own-code.ts';

/** Every handler loads this file. */
const CORE = `src/handler${SOURCE_TYPE}`;
/** Every function with a store also loads this one. */
const FIRST = `src/runtime/unit/first.chunk${SOURCE_TYPE}`;

/**
 * Makes one chunk of what every handler loads, and another one of what every function with a store loads.
 *
 * esbuild puts files into one chunk when the same entry points import them, and each model and each lazily
 * imported file is an entry point too. The code that one of these shares with the handlers would become a
 * chunk of its own, at 0.3 ms of every cold start. So each of them gets an import of all that the handlers
 * load, which is in memory by then. Those that share more with first.chunk.ts than that get an import of all
 * of it, too.
 */
export function oneCore(library: string): Plugin {
  return {
    name: 'one-core',
    setup({ onStart, onLoad }) {
      let added: ReadonlyMap<string, readonly string[]> = new Map();
      onStart(async () => {
        const graph = await importGraph(library, ownHandlers(library));
        added = new Map(addedToLazy(graph).map(([file, imports]) => [join(library, file), imports] as const));
      });
      onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const imports = added.get(path)?.filter((each) => join(library, each) !== path) ?? [];
        if (imports.length === 0) {
          return undefined;
        }
        const lines = imports.map((each) => importLine(path, join(library, each)));
        const contents = `${readFileSync(path, 'utf8')}\n${lines.join('')}\n`;
        return { contents, loader: SOURCE_TYPE === '.ts' ? 'ts' : 'js' };
      });
    },
  };
}

/** The imports that each lazily imported file gets. */
function addedToLazy(graph: ImportGraph): (readonly [string, readonly string[]])[] {
  const inCore = graph.loadedBy(CORE);
  const inFirst = [...graph.loadedBy(FIRST)].filter((file) => !inCore.has(file));
  return graph.lazy.map((file) => {
    const loaded = graph.loadedBy(file);
    return [file, inFirst.some((each) => loaded.has(each)) ? [CORE, FIRST] : [CORE]];
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
