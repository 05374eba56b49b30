import type { GraphWire } from './graph-wire.ts';
import { graphWire } from './seldon/graph/graph-wire.ts';

/**
 * Messages between the units of a graph, by the name of the protocol; a protocol without graphs is left out.
 * Only the function of a graph has their code. Most graphs are Seldon's, and each file that is imported later
 * takes more of a cold start than 8 kB of code.
 */
export const graphWires: Readonly<Record<string, () => Promise<GraphWire>>> = {
  seldon: async () => graphWire,
  'open-inference': async () => (await import('./open-inference/graph-wire.ts')).graphWire(),
  tensorflow: async () => (await import('./tensorflow/graph-wire.ts')).graphWire(),
};
