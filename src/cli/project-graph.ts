import { resolve } from 'node:path';
import { checkModelFolder } from '../bundle/model-folder.ts';
import { readSettings } from '../bundle/settings.ts';
import { UserError } from '../bundle/user-error.ts';
import { findGraph } from '../graph/find-graph.ts';
import { type LoadedGraph, loadGraph } from '../graph/load-graph.ts';

/**
 * The graph of a project, compiled; undefined when it has none.
 *
 * @param given - the option `--graph`. @param folder - of the models; default: as serverless.yml says.
 * @throws UserError for a graph that does not exist, or cannot work.
 */
export async function graphIn(
  project: string,
  given?: string,
  folder?: string,
): Promise<LoadedGraph | undefined> {
  const { graph, modelFolder } = readSettings(project);
  const source = findGraph(project, { given, configured: graph });
  return source === undefined
    ? undefined
    : loadGraph(source, {
        root: project,
        modelFolder: resolve(project, folder ?? checkModelFolder(modelFolder)),
      });
}

/** Whether a project has a graph, right or wrong. */
export function hasGraph(project: string): boolean {
  try {
    return findGraph(project, { configured: readSettings(project).graph }) !== undefined;
  } catch (error) {
    if (error instanceof UserError) {
      return true;
    }
    throw error;
  }
}

/** The models that a zip has beside the classes of a graph: those that serverless.yml lists. */
export function listsModels(project: string): boolean {
  return readSettings(project).models !== undefined;
}
