import { monotonicMs } from './clock.ts';

/**
 * Waits for `work`, for `limitMs` at most. The work itself is not stopped, and a later failure of it is
 * ignored.
 *
 * @throws the error that `toError` makes when the time is over.
 */
export function within<T>(work: Promise<T>, limitMs: number, toError: () => Error): Promise<T> {
  const endAt = monotonicMs() + limitMs;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    // Work that waits for nothing has ended by then: a timer costs a small call 0.5 us.
    const immediate = setImmediate(() => {
      timer = setTimeout(() => reject(toError()), endAt - monotonicMs());
    });
    const end = () => {
      clearImmediate(immediate);
      clearTimeout(timer);
    };
    // Not Promise.race and finally, which make five more promises.
    work.then(end, end);
    work.then(resolve, reject);
  });
}
