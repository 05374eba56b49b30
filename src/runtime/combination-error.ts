import type { SeldonError } from './errors.ts';
import { graphError } from './graph-error.ts';

/** Makes the error for an answer that is no item of a JSON list: it would change the list around it. */
export function combinationError(index: number, cause?: unknown): SeldonError {
  return graphError('GRAPH_BAD_ANSWER', `answers[${index}], which is to be combined, is not JSON`, { cause });
}
