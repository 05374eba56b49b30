/** How much is measured: all of it, or just enough to see that it works. */
export interface Effort {
  readonly isQuick: boolean;
  /** Other nodes to start processes with, by title: the path of each. */
  readonly nodes: Readonly<Record<string, string>>;
}
