import { FUNCTIONS } from '../../runtime/routes.ts';
import type { Configuration, Definition } from '../serverless-types.ts';

type Functions = Configuration['functions'];

/** The function that serves an inference graph. */
export const GRAPH = 'graph';

/** The functions of this package that a graph alone needs; the others serve single models. */
const BESIDE = new Set([GRAPH, 'ping', 'metrics', 'all', 'not-found']);

/** The functions that are called by their paths only: without a path they have nothing to do. */
const BY_PATH = new Set(['openapi', 'docs']);

/** What a deployment serves. */
export interface Served {
  readonly hasGraph: boolean;
  /** Whether it serves models by themselves. */
  readonly hasModels: boolean;
  /** Functions that a project lists in its serverless.yml. */
  readonly listed?: readonly string[];
  /** The paths of the graph, where they are not those that serverless.yml gives it. */
  readonly graphEvents?: Definition['events'] | undefined;
}

/**
 * Leaves the functions that are needed. A function of a single model loses the paths that the graph has.
 * Without a graph, its function goes.
 */
export function arrangeFunctions(
  functions: Functions,
  { hasGraph, hasModels, listed = [], graphEvents }: Served,
): Functions {
  if (!hasGraph) {
    const { [GRAPH]: _graph, ...others } = functions;
    return others;
  }
  const ofGraph = graphEvents ?? functions[GRAPH]?.events;
  const own = new Set(ofGraph?.map((event) => JSON.stringify(event)));
  const isNeeded = (name: string) =>
    hasModels || !(name in FUNCTIONS) || BESIDE.has(name) || listed.includes(name);
  const kept = Object.entries(functions).filter(([name]) => isNeeded(name));
  return Object.fromEntries(
    kept
      .map(([name, definition]): [string, Definition] => {
        const others = (definition.events ?? []).filter((event) => !own.has(JSON.stringify(event)));
        return [name, { ...definition, events: name === GRAPH ? (ofGraph ?? []) : others }];
      })
      .filter(([name, { events }]) => events.length > 0 || !BY_PATH.has(name) || listed.includes(name)),
  );
}
