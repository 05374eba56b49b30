import type { GraphWire } from './graph-wire.ts';

/**
 * Messages between the units of a graph, by the name of the protocol; a protocol without graphs is left out.
 * Only the function of a graph has their code.
 */
export const graphWires: Readonly<Record<string, () => Promise<GraphWire>>> = {
  seldon: async () => (await import('./seldon/graph/graph-wire.ts')).graphWire,
  'open-inference': async () => (await import('./open-inference/graph-wire.ts')).graphWire(),
  tensorflow: async () => (await import('./tensorflow/graph-wire.ts')).graphWire(),
};
