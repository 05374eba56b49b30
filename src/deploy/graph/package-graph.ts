import { join } from 'node:path';
import { bundle } from '../../bundle/bundle.ts';
import type { PackagedGraph } from '../../bundle/package.ts';
import type { LoadedGraph } from '../../graph/load-graph.ts';
import { sentencesOf } from '../../graph/notes.ts';
import { makeBuildFolder } from '../build-folder.ts';
import { checkClasses } from './check-classes.ts';

/** A graph for the zip, and sentences about it. */
export interface CheckedGraph {
  readonly graph: PackagedGraph;
  readonly warnings: readonly string[];
}

/**
 * Checks the classes of a graph, on this machine, before anything of the zip is written.
 *
 * @param external - names of packages that stay outside of the bundle, and need not be installed.
 * @throws UserError when one does not compile, or lacks a method that its nodes call.
 */
export async function packageGraph(
  root: string,
  loaded: LoadedGraph,
  external: readonly string[] = [],
): Promise<CheckedGraph> {
  const { plan, notes, source, models, withModelUri } = loaded;
  const outdir = makeBuildFolder(root);
  const warnings =
    Object.keys(models).length === 0
      ? []
      : await checkClasses(
          loaded,
          await bundle({ root, models, outdir, external, isOwnOnly: true }),
          join(root, outdir),
        );
  return {
    graph: { json: JSON.stringify(plan), file: source.file, withModelUri },
    warnings: [...sentencesOf(notes), ...warnings],
  };
}
