import { SeldonError } from './errors.ts';

/** Reason -> HTTP status, of errors that only a graph answers. */
export const GRAPH_STATUS_OF = {
  GRAPH_UNKNOWN_NODE: 404,
  GRAPH_BAD: 500,
  GRAPH_BAD_ROUTE: 500,
  GRAPH_NODE_FAILED: 502,
  GRAPH_NODE_UNREACHABLE: 502,
  GRAPH_BAD_ANSWER: 502,
  GRAPH_TIMEOUT: 504,
} as const;

/** Makes an error of a graph. */
export function graphError(
  reason: keyof typeof GRAPH_STATUS_OF,
  info: string,
  options: ConstructorParameters<typeof SeldonError>[2] = {},
): SeldonError {
  return new SeldonError(reason, info, { status: GRAPH_STATUS_OF[reason], ...options });
}
