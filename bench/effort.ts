import type { Nodes } from './nodes.ts';

/** How much is measured: all of it, or just enough to see that it works. */
export interface Effort {
  readonly isQuick: boolean;
  readonly nodes: Nodes;
}
