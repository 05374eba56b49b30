import { deadlineOf, monotonicMs } from '../clock.ts';
import { SeldonError } from '../errors.ts';
import { within } from '../time-limit.ts';

/**
 * Gives what has been loaded, or loads it.
 *
 * @param remainingMs - the milliseconds that the caller has left; undefined: it waits as long as it takes.
 * @throws SeldonError MICROSERVICE_TIMEOUT (504) shortly before the caller's time is over.
 */
export type Loader<T> = (remainingMs?: () => number) => Promise<T>;

/**
 * Makes a loader. Calls that come while it loads wait for the same attempt, each in its own time.
 *
 * After a failure, the next call loads again: an instance may serve for hours. It also does so when the time
 * of an earlier call has ended, because `load` may hang for ever. Of two attempts, the first to succeed
 * counts.
 */
export function createLoader<T>(load: () => Promise<T>): Loader<T> {
  let attempt: Promise<T> | undefined;
  let isLate = false;
  let isLoaded = false;

  function begin(before: Promise<T> | undefined): Promise<T> {
    const begun = load();
    const either = before === undefined ? begun : Promise.race([begun, before.catch(() => begun)]);
    either.then(
      () => {
        isLoaded = true;
      },
      () => {
        attempt = attempt === either ? undefined : attempt;
      },
    );
    isLate = false;
    return either;
  }

  return (remainingMs) => {
    if (attempt === undefined || (isLate && !isLoaded)) {
      attempt = begin(attempt);
    }
    const current = attempt;
    if (isLoaded || remainingMs === undefined) {
      return current;
    }
    return within(current, deadlineOf(remainingMs) - monotonicMs(), () => {
      isLate ||= attempt === current;
      return new SeldonError('MICROSERVICE_TIMEOUT', 'the model could not be loaded in time');
    });
  };
}
