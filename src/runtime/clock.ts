/**
 * Milliseconds of the function's time that are reserved for the answer; at most a quarter of what remains.
 */
const RESERVE_MS = 1_000;

/**
 * Milliseconds of the monotonic clock: for deadlines and durations in one process.
 *
 * Does not use `performance.now()`: the first use of `performance` loads a part of node, 0.7 ms of a cold
 * start.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Starts a stopwatch; the result gives the milliseconds since. It trusts the larger of two clocks: the
 * monotonic one may stop while Lambda freezes the instance, the wall clock may be set.
 */
export function startAge(): () => number {
  const [since, sinceDate] = [monotonicMs(), Date.now()];
  return () => Math.max(monotonicMs() - since, Math.abs(Date.now() - sinceDate));
}

/** The time, by `monotonicMs()`, at which an invocation must stop waiting to answer in time. */
export function deadlineOf(remainingMs: () => number): number {
  const remaining = remainingMs();
  return monotonicMs() + remaining - Math.min(RESERVE_MS, remaining / 4);
}
