import type { Change } from '../change.ts';
import type { Held } from '../held-copy.ts';
import type { KeptReplica } from '../kept-replica.ts';
import type { ReplicaOptions } from '../replica.ts';
import type { Kit } from './kit.ts';
import type { Shown } from './stage.ts';

/** A change of a shard: it gets the shard's state, and says what state it has left. */
export interface ShardChange<T> extends Omit<Change<T>, 'run'> {
  run(before: () => Shown): Promise<{ readonly result: T; readonly after: Shown }>;
}

/** One of the values of the store that a merged state consists of. */
export class Shard {
  readonly #kept: KeptReplica;
  /** The state that the calls have left which have run; not all of it may be stored. */
  #now: Shown;
  /** Whether other instances write it, too, as far as is known. */
  #isShared = false;

  /** @param initial - the state of a new model. */
  constructor(options: ReplicaOptions, initial: Shown, { keepReplica }: Kit) {
    this.#now = initial;
    this.#kept = keepReplica(options, {
      toBytes: () => this.#now.bytes,
      take: (bytes, schemaVersion) => {
        this.#now = { bytes, schemaVersion };
      },
    });
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  /** What was last read or stored; undefined: nothing yet. */
  get last(): Held | undefined {
    return this.#kept.recent(Number.POSITIVE_INFINITY);
  }

  /** Reads the store when what was last read or stored is older than `maxAgeMs`: see `Replica.refresh`. */
  async refresh(deadline: number, maxAgeMs: number): Promise<void> {
    if (this.#kept.recent(maxAgeMs) === undefined) {
      await this.#kept.refresh(deadline, maxAgeMs);
    }
  }

  /** Takes it that others write it, too. */
  expectOthers(): void {
    this.#isShared = true;
  }

  /** Runs a change, and stores it: see `KeptReplica.update`. */
  update<T>({ deadline, run, remembering }: ShardChange<T>): Promise<T> {
    const seen = this.last?.version;
    // A write on top of an old copy would be refused, and the change run in vain.
    const looksFirst = this.#isShared && !this.#kept.isBusy;
    if (looksFirst) {
      this.#kept.forget();
    }
    let runs = 0;
    const runHere = async () => {
      if (++runs > 1) {
        this.#isShared = true;
      } else if (looksFirst) {
        this.#isShared = this.last?.version !== seen;
      }
      const { result, after } = await run(() => this.#now);
      this.#now = after;
      return result;
    };
    return this.#kept.update({ deadline, run: runHere, remembering });
  }
}
