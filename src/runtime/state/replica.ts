import { SeldonError } from '../errors.ts';
import type { Log } from '../log.ts';
import { CallQueue } from './call-queue.ts';
import type { EarlyRead } from './early-read.ts';
import { type Held, HeldCopy } from './held-copy.ts';
import { type Limits, WHOLE } from './limits.ts';
import type { Place } from './place.ts';
import { createRoundTrips } from './round-trips.ts';
import { StateWriter } from './state-writer.ts';
import type { Subject } from './subject.ts';

/** Place of a replica's state, and a read of it that has begun. */
export interface ReplicaOptions extends Place {
  /** A read of `key` that has begun, for the first copy. */
  readonly early?: EarlyRead | undefined;
  /** Default: those of a state that all instances write. */
  readonly limits?: Limits;
}

/**
 * A subject's state in this instance, kept in step with the store.
 *
 * The updates and `refresh` may not overlap: the caller runs them one after another. Deadlines are by
 * `monotonicMs()`.
 */
export interface Replica {
  /** Whether there is a copy, no older than `maxAgeMs`, that no update is at work on. */
  isFresh(maxAgeMs: number): boolean;
  /**
   * The state that was last read or stored, if that is no longer ago than `maxAgeMs`: also while an update is
   * at work.
   */
  recent(maxAgeMs: number): Held | undefined;
  /** Has the next update read the store before it runs. */
  forget(): void;
  /**
   * Reads the store when the copy is older than `maxAgeMs`; keeps an older copy when the store cannot be
   * read.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when there is no copy by the
   *   deadline.
   */
  refresh(deadline: number, maxAgeMs: number): Promise<void>;
  /**
   * Runs a function that may change the state, and stores the change, once, before it resolves; runs it again
   * on the newer state when another instance was faster. Nothing is written when nothing changed.
   *
   * @throws StateUnavailable MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when it could not be stored by
   *   the deadline.
   */
  update<T>(deadline: number, run: () => Promise<T>): Promise<T>;
  /**
   * Does the same for the calls that wait in a queue, in their order and with one write if possible. Resolves
   * when all that were taken are answered; the queue may have more then. Never rejects.
   */
  updateAll(queue: CallQueue): Promise<void>;
}

/** Keeps the state of `subject` in a store. Nothing is read before the first refresh or update. */
export function createReplica(
  { early, limits = WHOLE, ...place }: ReplicaOptions,
  subject: Subject,
): Replica {
  const roundTrips = createRoundTrips(limits.pause);
  const copy = new HeldCopy(place, subject, roundTrips, early);
  const writer = new StateWriter(place, copy, roundTrips, limits);
  return {
    isFresh: (maxAgeMs) => copy.isFresh(maxAgeMs),
    recent: (maxAgeMs) => (copy.isRecent(maxAgeMs) ? copy.last : undefined),
    forget: () => copy.drop(),
    refresh: (deadline, maxAgeMs) => refresh({ key: place.key, copy, log: place.log }, deadline, maxAgeMs),
    async update(deadline, run) {
      const queue = new CallQueue();
      const [result] = await Promise.all([queue.add({ deadline, run }, false), writer.write(queue)]);
      return result;
    },
    updateAll: (queue) => writer.write(queue),
  };
}

async function refresh(
  { key, copy, log }: { key: string; copy: HeldCopy; log: Log },
  deadline: number,
  maxAgeMs: number,
): Promise<void> {
  if (copy.isFresh(maxAgeMs)) {
    return;
  }
  // Without a copy there is no answer: the store is read as long as there is time.
  if (copy.held === undefined) {
    await copy.load(deadline);
    return;
  }
  try {
    await copy.reload(deadline);
  } catch (error) {
    if (error instanceof SeldonError) {
      throw error;
    }
    // An older copy beats no answer; the next look is due after another maxAgeMs.
    copy.renew();
    log.warn('the state store could not be read; an older state is used', { key }, error);
  }
}
