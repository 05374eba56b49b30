import type { StoreSettings } from '../../../src/runtime/stores/store.ts';

/** The task of the writers of one process or thread. */
export interface Job {
  readonly url: string;
  readonly settings: StoreSettings;
  readonly key: string;
  readonly name: string;
  readonly writers: number;
  /** Of each writer. */
  readonly increments: number;
  /** Of one operation. */
  readonly timeoutMs: number;
  /** Says after each increment that it is done. */
  readonly isAcknowledging: boolean;
}

/** The outcome of a job. */
export interface Report {
  readonly latenciesMs: readonly number[];
  readonly conflicts: number;
  readonly errors: readonly string[];
}

/** One increment that is done. */
export interface Acknowledged {
  /** `<name of the job>.<number>` */
  readonly writer: string;
  readonly nth: number;
}

/** How often was counted, and by whom how often. */
export interface Tally {
  readonly count: number;
  readonly of: Readonly<Record<string, number>>;
}

/** The tally in a value; of none, nothing was counted. */
export function readTally(value: Uint8Array | undefined): Tally {
  return value ? JSON.parse(Buffer.from(value).toString()) : { count: 0, of: {} };
}
