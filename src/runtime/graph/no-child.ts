import type { SeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';

/** Makes the error for a router that chose a child that is not there. */
export function noChild(name: string, route: number, children: number): SeldonError {
  return graphError(
    'GRAPH_BAD_ROUTE',
    `router ${name} chose child ${route}; expected -2 (none), -1 (all) or 0 to ${children - 1}`,
  );
}
