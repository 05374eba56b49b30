/** Runs functions one after another, in the order of the calls; a failure does not stop the next one. */
type Mutex = <T>(run: () => Promise<T>) => Promise<T>;

/** Creates a mutex, which is free. */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
}
