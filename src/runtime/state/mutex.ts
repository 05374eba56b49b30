import { monotonicMs } from '../clock.ts';

/** Runs functions one after another, in the order of the calls; a failure does not stop the next one. */
export interface Mutex {
  /** Whether a function runs or waits. */
  readonly isHeld: boolean;
  /**
   * Runs a function when those before it have ended.
   *
   * @param deadline - by `monotonicMs()`: the latest time at which `run` may start; undefined: any.
   * @throws the error of `createMutex` when the functions before have not ended by then; `run` is not called.
   */
  run<T>(deadline: number | undefined, run: () => Promise<T>): Promise<T>;
}

/**
 * Creates a mutex, which is free.
 *
 * @param toError - makes the error for a function that has waited until its deadline.
 */
export function createMutex(toError: () => Error): Mutex {
  // A call that gives up leaves the queue, so that nothing of its request stays in memory.
  const queue = new Set<() => void>();
  let isHeld = false;

  function wait(deadline: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        queue.delete(start);
        resolve();
      };
      const giveUp = () => {
        queue.delete(start);
        reject(toError());
      };
      const timer = deadline === undefined ? undefined : setTimeout(giveUp, deadline - monotonicMs());
      queue.add(start);
    });
  }

  return {
    get isHeld() {
      return isHeld;
    },
    async run(deadline, run) {
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
    },
  };
}
