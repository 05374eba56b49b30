import { metricsUrl } from '../../config.ts';
import type { Invocation } from '../../invocation.ts';
import type { MetricsHost } from './metrics.ts';

/** A flush that takes longer counts as slow. */
const SLOW_MS = 250;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/** Decides when to flush. */
export interface Flusher {
  /**
   * Flushes at most every METRICS_FLUSH_MS, and never without a store. It runs before the answer, because a
   * frozen instance does nothing. Metrics that cannot be stored are kept for the next time; the call does not
   * fail.
   *
   * A store that fails or is slow, as when too many instances write to it, is left alone for longer each
   * time, up to a minute. Each flush delays a call; with these pauses, only as many instances write as the
   * store can serve.
   */
  flushIfDue(invocation: Invocation): Promise<void> | undefined;
}

/** Makes an instance's flusher. `flush` adds the recorded metrics to the store. */
export function createFlusher(
  { config, log }: MetricsHost,
  flush: (invocation: Invocation) => Promise<void>,
): Flusher {
  const { METRICS_FLUSH_MS } = config;
  let lastMs = 0;
  let intervalMs = 0;
  /** The number of flushes in a row that failed or were slow. */
  let troubles = 0;
  // The wall clock may be set back; then a flush is due.
  const isDue = () => metricsUrl(config) !== undefined && Math.abs(Date.now() - lastMs) >= intervalMs;

  async function flushNow(invocation: Invocation): Promise<void> {
    const start = Date.now();
    // Calls at the same time share one flush; a failure of it counts once.
    const before = troubles;
    lastMs = start;
    intervalMs = METRICS_FLUSH_MS;
    try {
      await flush(invocation);
      // With METRICS_FLUSH_MS=0 every call is written, and the time that this takes is accepted.
      const isSlow = METRICS_FLUSH_MS > 0 && Date.now() - start > SLOW_MS;
      troubles = isSlow ? before + 1 : 0;
    } catch (error) {
      // With METRICS_FLUSH_MS=0 nothing waits for a later call because others write, too: it may never come.
      const { isRefused } = Object(error) as { isRefused?: boolean };
      troubles = isRefused && METRICS_FLUSH_MS === 0 ? before : before + 1;
      log.warn('the metrics could not be stored; a later call tries again', {}, error);
    }
    if (troubles > 0) {
      intervalMs = pauseAfter(troubles, METRICS_FLUSH_MS);
    }
  }

  return { flushIfDue: (invocation) => (isDue() ? flushNow(invocation) : undefined) };
}

/** Half of the pause is random, so that instances which wrote at the same time do not do so again. */
function pauseAfter(troubles: number, flushMs: number): number {
  const most = Math.min(MAX_PAUSE_MS, Math.max(flushMs, MIN_PAUSE_MS) * 2 ** troubles);
  return Math.max(flushMs, most * (1 - Math.random() / 2));
}
