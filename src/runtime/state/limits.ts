/** How much a value of the store remembers, and how long its writers wait for one another. */
export interface Limits {
  /** Answers of calls with an Idempotency-Key that are remembered. */
  readonly answers: number;
  /** Calls that are stored by one write, at most: half of those that are remembered. */
  readonly calls: number;
  /** The longest pause after a lost race, in round trips. */
  readonly pause: number;
}

/** Those of a state that all instances write. */
export const WHOLE: Limits = { answers: 256, calls: 128, pause: 16 };
