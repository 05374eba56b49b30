/** Kept back from the function's own time for the answer, at most a quarter of what remains. */
const RESERVE_MS = 1_000;

/**
 * Milliseconds by a clock that is never set: for deadlines and durations in one process.
 *
 * Not `performance.now()`: the first use of `performance` loads a part of node, 0.7 ms of a cold start.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Milliseconds since now. While an instance is frozen the one clock may stand still, and the other may be
 * set.
 */
export function startAge(): () => number {
  const [since, sinceDate] = [monotonicMs(), Date.now()];
  return () => Math.max(monotonicMs() - since, Math.abs(Date.now() - sinceDate));
}

/** When what an invocation waits for must be done, by the clock of `monotonicMs()`: in time for an answer. */
export function deadlineOf(remainingMs: () => number): number {
  const remaining = remainingMs();
  return monotonicMs() + remaining - Math.min(RESERVE_MS, remaining / 4);
}
