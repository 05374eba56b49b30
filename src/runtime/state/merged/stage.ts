import { monotonicMs } from '../../clock.ts';
import { within } from '../../time-limit.ts';
import type { Mutex } from '../mutex.ts';
import type { Subject } from '../subject.ts';
import type { Kit } from './kit.ts';

/** A state that the model can be given. */
export interface Shown {
  readonly bytes: Uint8Array;
  readonly schemaVersion: number;
}

/**
 * The model of a merged state, which has one state at a time: that of a shard while a call changes it, and
 * the merged one while calls read it. Calls that read run together, and one that changes it runs alone, in
 * the order in which they come. Deadlines are by `monotonicMs()`.
 */
export class Stage {
  readonly #model: Subject;
  readonly #busyError: () => Error;
  readonly #lock: Mutex;
  /** The bytes of the state that the model has; undefined: it may have another. */
  #shown: Uint8Array | undefined;
  #readers = 0;
  #onEmpty = () => {};

  constructor(model: Subject, { createMutex, busyError }: Kit) {
    this.#model = model;
    this.#busyError = busyError;
    this.#lock = createMutex(busyError);
  }

  /**
   * Runs code that changes a state; the result is its own, with the bytes of the state that it has left.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when the model is not free by the
   *   deadline.
   */
  change<T>(
    deadline: number,
    toBefore: () => Shown,
    run: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly bytes: Uint8Array }> {
    return this.#lock.run(deadline, async () => {
      await this.#empty(deadline);
      this.show(toBefore());
      this.#shown = undefined;
      const result = await run();
      const bytes = this.#model.toBytes();
      this.#shown = bytes;
      return { result, bytes };
    });
  }

  /**
   * Runs code that reads a state, also together with other such code.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when the model is not free by the
   *   deadline.
   */
  async read<T>(deadline: number, toState: () => Shown, run: () => Promise<T>): Promise<T> {
    await this.#lock.run(deadline, async () => {
      this.show(toState());
      this.#readers++;
    });
    try {
      return await run();
    } finally {
      if (--this.#readers === 0) {
        this.#onEmpty();
      }
    }
  }

  /** Gives the model a state, unless it has it. Only while nothing changes one. */
  show({ bytes, schemaVersion }: Shown): void {
    if (this.#shown !== bytes) {
      this.#shown = undefined;
      this.#model.take(bytes, schemaVersion);
      this.#shown = bytes;
    }
  }

  /** The state that it has, as the class has it now, which may have been stored by an older version. */
  toBytes(state: Shown): Uint8Array {
    this.show(state);
    return this.#model.toBytes();
  }

  /** Waits until nobody reads. No other can begin meanwhile. */
  async #empty(deadline: number): Promise<void> {
    if (this.#readers > 0) {
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      await within(empty, deadline - monotonicMs(), this.#busyError);
    }
  }
}
