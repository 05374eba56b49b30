import { monotonicMs } from './clock.ts';

/** Kept back from the function's own time for the answer, at most a quarter of what remains. */
const RESERVE_MS = 1_000;

/** When what an invocation waits for must be done, by the clock of `monotonicMs()`: in time for an answer. */
export function deadlineOf(remainingMs: () => number): number {
  const remaining = remainingMs();
  return monotonicMs() + remaining - Math.min(RESERVE_MS, remaining / 4);
}
