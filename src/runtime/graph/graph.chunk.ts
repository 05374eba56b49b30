/**
 * What the function of a graph loads before its first request, in one file: see first.chunk.ts. Other chunks
 * of a graph import it as a whole.
 */

export { graphEndpoints } from './endpoints.ts';
export { openGraph, readPlan } from './open-graph.ts';
