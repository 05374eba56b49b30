import type { Log } from '../log.ts';
import type { Store } from '../stores/store.ts';

/** Owner of a state, and its place in a store. */
export interface Place {
  readonly store: Store;
  /** Key of the value in the store. */
  readonly key: string;
  /** Whose the value is, where the key could also be another's: that of another owner is refused. */
  readonly owner?: string;
  /** Name of the subject's class: a state of another class is refused. */
  readonly className: string;
  /** Version of what getState() returns; a state of a newer version is refused. */
  readonly schemaVersion: number;
  /**
   * How many shards the state has, of which this is one; undefined: it is whole. Another number is refused.
   */
  readonly shards?: number;
  readonly log: Log;
  /** Fields for the line of the log that says that the store has lost changes; default: none. */
  lossFields?(): Readonly<Record<string, unknown>>;
}
