/** Runs what it is given one after another, in the order it came; a failure of one does not stop the next. */
export type Mutex = <T>(run: () => Promise<T>) => Promise<T>;

/** A new mutex, free. */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
}
