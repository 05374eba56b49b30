/**
 * Waits for `work`, for `limitMs` at most. The work itself is not stopped, and a later failure of it is
 * ignored.
 *
 * @throws the error that `toError` makes when the time is over.
 */
export function within<T>(work: Promise<T>, limitMs: number, toError: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(toError()), limitMs);
    // Not Promise.race and finally, which make five more promises.
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
