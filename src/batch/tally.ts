import type { Failure } from './answer-rows.ts';
import { createLatencies, type Latencies } from './latencies.ts';
import type { Row } from './row.ts';

/** Failures of the same kind. */
export interface FailureGroup {
  readonly kind: string;
  count: number;
  /** Of the first ones: index of the line, and all that is known. */
  readonly examples: { readonly index: number; readonly reason: string }[];
}

/** Counts of all that has been done so far. */
export interface Tally {
  /** Lines with an answer or a failure in the output. */
  rows: number;
  /** Lines with an answer in the output. */
  answered: number;
  /** Lines that could not be answered; a run that ends before its time does not write the last ones. */
  failed: number;
  /** Requests that were sent again. */
  retried: number;
  readonly failures: Map<string, FailureGroup>;
  readonly latencies: Latencies;
  addFailure(row: Row, failure: Failure): void;
}

const MAX_EXAMPLES = 3;
/** Kinds beyond these are counted together. */
const MAX_KINDS = 50;

/** Nothing done yet. */
export function createTally(): Tally {
  const failures = new Map<string, FailureGroup>();
  return {
    rows: 0,
    answered: 0,
    failed: 0,
    retried: 0,
    failures,
    latencies: createLatencies(),
    addFailure({ index }, { kind, reason }) {
      this.failed++;
      const name = failures.has(kind) || failures.size < MAX_KINDS ? kind : 'other failures';
      const group = failures.get(name) ?? { kind: name, count: 0, examples: [] };
      failures.set(name, group);
      group.count++;
      if (group.examples.length < MAX_EXAMPLES) {
        group.examples.push({ index, reason });
      }
    },
  };
}
