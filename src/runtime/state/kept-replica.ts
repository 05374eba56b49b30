import { CallQueue } from './call-queue.ts';
import type { Change } from './change.ts';
import { createMutex } from './mutex.ts';
import { createReplica, type Replica, type ReplicaOptions } from './replica.ts';
import { busyError } from './state-unavailable.ts';
import type { Subject } from './subject.ts';

/** A replica whose updates and reads take turns by themselves. */
export interface KeptReplica extends Pick<Replica, 'isFresh' | 'recent' | 'forget' | 'refresh'> {
  /** Whether an update or a refresh is at work. */
  readonly isBusy: boolean;
  /**
   * Runs a change, and stores it, once, before it resolves. Changes run one after another, in their order.
   * Those that wait for another one share a write, and wait no longer than they have time.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when it could not be stored in
   *   time.
   */
  update<T>(change: Change<T>): Promise<T>;
}

/** Keeps the state of `subject` in a store. Apart from `early`, nothing is read before it is asked for. */
export function keepReplica(options: ReplicaOptions, subject: Subject): KeptReplica {
  const lock = createMutex(busyError);
  const replica = createReplica(options, subject);
  const queue = new CallQueue();
  /** Whether a turn is due in which the queue is looked at. */
  let isDue = false;

  async function takeTurn(): Promise<void> {
    isDue = true;
    await lock.run(undefined, () => {
      isDue = false;
      return replica.updateAll(queue);
    });
    // More came than one write takes.
    if (!queue.isEmpty && !isDue) {
      takeTurn();
    }
  }

  return {
    ...replica,
    get isBusy() {
      return lock.isHeld;
    },
    refresh: (deadline, maxAgeMs) => lock.run(deadline, () => replica.refresh(deadline, maxAgeMs)),
    update(change) {
      const answer = queue.add(change, lock.isHeld);
      if (!isDue) {
        takeTurn();
      }
      return answer;
    },
  };
}
