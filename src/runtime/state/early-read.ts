import { monotonicMs, startAge } from '../clock.ts';
import type { Stored } from '../stores/store.ts';
import { within } from '../time-limit.ts';

/**
 * Limit of the wait for a request to be sent: a connection takes two or three round trips, if it comes up.
 */
const MAX_SENDING_MS = 20;

/** A read of a store that begins before it is known whether and when it is needed. */
export interface EarlyRead {
  /**
   * Resolves when there is nothing left to do but to wait for the answer, or after 20 ms; never rejects.
   */
  readonly sent: Promise<void>;
  /** Milliseconds since it began: what it gives is at most that old. */
  age(): number;
  /** Whether its result is young enough to be used. */
  isFresh(): boolean;
  /**
   * The value that was read.
   *
   * @param deadline - by `monotonicMs()`.
   * @throws Error when the store could not be read, or has not answered by the deadline.
   */
  result(deadline: number): Promise<Stored | undefined>;
}

/**
 * Begins to read. The result need not be asked for: a failure that nobody waits for is ignored.
 *
 * @param read - calls `onSent` as `Store.get` does.
 */
export function beginRead(
  read: (onSent: () => void) => Promise<Stored | undefined>,
  maxAgeMs: number,
): EarlyRead {
  const age = startAge();
  let onSent = () => {};
  const sent = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, MAX_SENDING_MS);
    onSent = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const reading = read(onSent);
  reading.then(onSent, onSent);
  return {
    sent,
    age,
    isFresh: () => age() <= maxAgeMs,
    result: (deadline) => within(reading, deadline - monotonicMs(), noAnswer),
  };
}

function noAnswer(): Error {
  return new Error('the store has not answered in time');
}
