import { deadlineOf } from '../clock.ts';
import type { Invocation } from '../invocation.ts';
import type { StatefulModel } from '../model/model.ts';
import type { Remembering } from './change.ts';
import { keepReplica } from './kept-replica.ts';
import type { ReplicaOptions } from './replica.ts';
import { toSubject } from './subject.ts';

/** Whose state is kept, where, and how fresh. */
export interface StateOptions extends ReplicaOptions {
  /** Milliseconds after which a read looks for a newer state; 0: at every call. */
  readonly maxAgeMs: number;
}

/** A model's state in this instance, kept in step with the store. */
export interface ModelState {
  /** Runs a method that reads the state, on a copy no older than `maxAgeMs`. */
  read<T>(invocation: Invocation, run: () => Promise<T>): Promise<T>;
  /**
   * Runs a method that may change the state, and stores the change, once, before it resolves; runs it again
   * on the newer state when another instance was faster. Calls of one instance run one after another, in
   * their order. Those that wait for another one share a write, and wait no longer than they have time.
   *
   * @param remembering - the part of the result to keep with the state, so that a repeat of the call is
   *   recognised.
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when it could not be stored in
   *   time.
   */
  update<T>(
    invocation: Invocation,
    run: () => Promise<T>,
    remembering?: Remembering<T> | undefined,
  ): Promise<T>;
}

/**
 * Keeps the state of `model` in a store. Apart from `early`, nothing is read before the first call of a
 * method.
 */
export function keepState(model: StatefulModel, { maxAgeMs, ...options }: StateOptions): ModelState {
  const kept = keepReplica(options, toSubject(model, options.key));
  return {
    async read({ remainingMs }, run) {
      if (!kept.isFresh(maxAgeMs)) {
        await kept.refresh(deadlineOf(remainingMs), maxAgeMs);
      }
      return run();
    },
    update: ({ remainingMs }, run, remembering) =>
      kept.update({ deadline: deadlineOf(remainingMs), run, remembering }),
  };
}
