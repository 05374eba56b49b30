import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deploymentName } from '../graph/deployment-name.ts';
import { findGraph } from '../graph/find-graph.ts';
import { lastGraph } from './graph/graph-of.ts';
import { kebabCase } from './kebab-case.ts';
import { chooseContents } from './refresh-zip.ts';

/**
 * The name of a service that serves one model, or the graph, of a project: `my-project-thompson-sampling`,
 * of the name in package.json and the name of the model. So two models of a project never have the same
 * functions, API or table.
 *
 * @param preferred - MODEL_NAME as serverless.yml has it; the model may be another one, the only one there
 * is.
 */
export function serviceNameFor(root: URL, preferred: string): string {
  const folder = fileURLToPath(root);
  const { name } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { name: string };
  const project = name.replace(/^@[^/]*\//, '');
  return kebabCase(`${project}-${graphIn(folder) ?? modelFor(folder, preferred)}`);
}

/** The name of the graph that is deployed, if it is one. */
function graphIn(root: string): string | undefined {
  try {
    const source = findGraph(root, { last: lastGraph(root) });
    return source && deploymentName(source);
  } catch {
    // As below.
    return undefined;
  }
}

function modelFor(root: string, preferred: string): string {
  try {
    return chooseContents(root, 'dist/model.zip', preferred)?.modelName ?? preferred;
  } catch {
    // A command that needs the model reports it; others, such as `remove`, need the name only.
    return preferred;
  }
}
