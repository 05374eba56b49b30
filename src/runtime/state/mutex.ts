import { monotonicMs } from '../clock.ts';

/**
 * Runs functions one after another, in the order of the calls; a failure does not stop the next one.
 *
 * @param deadline - by `monotonicMs()`: the latest time at which `run` may start.
 * @throws the error that `toError` makes when the functions before have not ended by then; `run` is not
 *   called.
 */
type Mutex = <T>(deadline: number, run: () => Promise<T>) => Promise<T>;

/** Creates a mutex, which is free. */
export function createMutex(toError: () => Error): Mutex {
  // A call that gives up leaves the queue, so that nothing of its request stays in memory.
  const queue = new Set<() => void>();
  let isHeld = false;

  function wait(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        queue.delete(start);
        resolve();
      };
      const timer = setTimeout(() => {
        queue.delete(start);
        reject(toError());
      }, deadline - monotonicMs());
      queue.add(start);
    });
  }

  return async (deadline, run) => {
    const turn = isHeld ? wait(deadline) : undefined;
    isHeld = true;
    // Awaited in any case: `run` never begins before the caller goes on.
    await turn;
    try {
      return await run();
    } finally {
      const [next] = queue;
      // It stays held while it passes on: a call that comes in between must wait, too.
      isHeld = next !== undefined;
      next?.();
    }
  };
}
