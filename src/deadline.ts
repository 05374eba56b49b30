import { performance } from 'node:perf_hooks';

/** Kept back from the function's own time for the answer, at most a quarter of what remains. */
const RESERVE_MS = 1_000;

/** When what an invocation waits for must be done, by the clock of `performance.now()`: in time for an answer. */
export function deadlineOf(remainingMs: () => number): number {
  const remaining = remainingMs();
  return performance.now() + remaining - Math.min(RESERVE_MS, remaining / 4);
}
