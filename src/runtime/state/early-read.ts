import { monotonicMs, startAge } from '../clock.ts';
import type { Stored } from '../stores/store.ts';

/** A connection takes two or three round trips, to be there or not. */
const MAX_SENDING_MS = 20;

/** A read of a store that is under way before it is known whether and when it is wanted. */
export interface EarlyRead {
  /**
   * When there is nothing to do but to wait for the answer; resolves in 20 ms at the latest, whatever becomes
   * of it.
   */
  readonly sent: Promise<void>;
  /** Milliseconds since it began: what it gives is at most that old. */
  age(): number;
  /** Whether it is not too old to be used. */
  isFresh(): boolean;
  /**
   * What it gives.
   *
   * @param deadline - by `monotonicMs()`.
   * @throws Error when the store could not be read, or has not answered by the deadline.
   */
  result(deadline: number): Promise<Stored | undefined>;
}

/**
 * Begins to read. Nobody has to ask for what becomes of it, also of its failure.
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
    async result(deadline) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const leftMs = deadline - monotonicMs();
        timer = setTimeout(() => reject(new Error('the store has not answered in time')), leftMs);
      });
      try {
        return await Promise.race([reading, late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
