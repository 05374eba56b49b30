import type { SeldonError } from '../../../errors.ts';
import { graphError } from '../../../graph-error.ts';
import { show } from '../../../show.ts';

/**
 * Makes the error for a router's answer without a number where the route should be.
 *
 * @param cause - why the answer cannot be read; undefined: it can.
 */
export function badRoute(route: unknown, cause: unknown): SeldonError {
  const got =
    cause !== undefined ? 'a message that cannot be read' : route === undefined ? 'none' : show(route);
  return graphError('GRAPH_BAD_ROUTE', `expected a number in the answer of the router, got ${got}`, {
    cause,
  });
}
