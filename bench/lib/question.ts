import type { Artifact } from './artifact.ts';
import type { Nodes } from './nodes.ts';
import type { Servers } from './servers.ts';

/** Everything that a question may use. */
export interface Bench {
  readonly artifact: Artifact;
  /** Measures just enough to see that it works. */
  readonly isQuick: boolean;
  readonly nodes: Nodes;
  /** Increments of each of the writers that contend for a state. */
  readonly increments: number;
  /** Starts the servers of all stores at the first call. */
  servers(): Promise<Servers>;
}

/** One question that the benchmark answers with a table. Each is a folder of questions/. */
export interface Question<Result> {
  measure(bench: Bench): Promise<Result>;
  /** The result as text. */
  show(result: Result): string;
  /** The measurements that have an aim, for `--gate`. */
  aims?(result: Result): readonly Aim[];
  /** Mistakes that no slow machine excuses: each fails the run. */
  mistakes?(result: Result): readonly string[];
}

/** A measurement that should be at most `limit`. */
export interface Aim {
  readonly title: string;
  readonly value: number;
  /** How far the truth may be from `value`, in its unit. */
  readonly spread: number;
  readonly limit: number;
}
