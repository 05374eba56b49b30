import { monotonicMs } from '../clock.ts';

/** A time that is over at some point. */
export interface TimeUp {
  /** Whether it is over. */
  readonly isOver: boolean;
  /** Waits for `work`, until the time is over at the longest; the result: whether the work has ended. */
  waitFor(work: Promise<void>): Promise<boolean>;
  /** Clears its timer. */
  clear(): void;
}

/** Starts a time of `ms` milliseconds. */
export function startTimeUp(ms: number): TimeUp {
  const endAt = monotonicMs() + ms;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return {
    // By the clock: work that never pauses does not let a timer come in between.
    get isOver() {
      return monotonicMs() >= endAt;
    },
    waitFor: (work) => Promise.race([work.then(() => true), over]),
    clear: () => clearTimeout(timer),
  };
}
