import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { UserError } from '../bundle/user-error.ts';

/** The graph of a project, before it is read. */
export interface GraphSource {
  /** Its file as messages name it, or ENGINE_PREDICTOR. */
  readonly name: string;
  /** Absolute; undefined for ENGINE_PREDICTOR, which has the graph itself. */
  readonly file: string | undefined;
  /** The file that says where units run, which need not exist: `graph.nodes.yaml` beside `graph.yaml`. */
  readonly nodesFile: string;
}

/** The graph of a project by default. */
const DEFAULT = 'graph.yaml';

/** All that can name a graph, beside the file that is there by default. */
export interface GraphNames {
  /** The option `--graph`, relative to the working folder. */
  readonly given?: string | undefined;
  /** `graph` in serverless.yml: a path from there, or false for none. */
  readonly configured?: unknown;
  /** The graph of the last zip, absolute. */
  readonly last?: string | undefined;
  /** The environment; default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Finds the graph of a project. The first of these that is there wins: the option `--graph`, SELDON_GRAPH,
 * ENGINE_PREDICTOR, `graph` in serverless.yml, the graph of the last zip, and `graph.yaml`. An empty
 * SELDON_GRAPH and `graph: false` mean none.
 *
 * @param root - the folder of the project.
 * @returns undefined when the project has no graph.
 * @throws UserError when a file is named that does not exist.
 */
export function findGraph(
  root: string,
  { given, configured, last, environment = process.env }: GraphNames = {},
): GraphSource | undefined {
  if (given !== undefined) {
    return existing(resolve(given), root, '--graph');
  }
  const { SELDON_GRAPH: file, ENGINE_PREDICTOR: encoded } = environment;
  if (file !== undefined) {
    return file === '' ? undefined : existing(resolve(root, file), root, 'SELDON_GRAPH');
  }
  if (encoded) {
    return { name: 'ENGINE_PREDICTOR', file: undefined, nodesFile: nodesFileOf(join(root, DEFAULT)) };
  }
  if (configured === false) {
    return undefined;
  }
  if (configured !== undefined && configured !== null) {
    return typeof configured === 'string'
      ? existing(resolve(root, configured), root, 'graph in serverless.yml')
      : refuseConfigured(configured);
  }
  const found = [...(last === undefined ? [] : [last]), join(root, DEFAULT)].find(existsSync);
  return found === undefined ? undefined : toSource(found, root);
}

function existing(file: string, root: string, by: string): GraphSource {
  if (!existsSync(file)) {
    throw new UserError(`there is no graph ${file}, which ${by} names`);
  }
  return toSource(file, root);
}

function toSource(file: string, root: string): GraphSource {
  const path = relative(root, file);
  return { name: path.startsWith('..') ? file : path, file, nodesFile: nodesFileOf(file) };
}

/** `models/graphs/bandit.yaml` -> models/graphs/bandit.nodes.yaml */
function nodesFileOf(file: string): string {
  return join(dirname(file), `${basename(file).replace(/\.(ya?ml|json)$/i, '')}.nodes.yaml`);
}

function refuseConfigured(configured: unknown): never {
  throw new UserError(
    `graph in serverless.yml is ${JSON.stringify(configured)}; expected the path of a graph, or false`,
  );
}
