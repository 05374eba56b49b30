import { metricsUrl } from '../../config.ts';
import type { Invocation } from '../../invocation.ts';
import type { MetricsHost } from './metrics.ts';

/** A flush that takes longer counts as trouble. */
const SLOW_MS = 250;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

/** Decides when to flush. */
export interface Flusher {
  /**
   * Flushes, at most every METRICS_FLUSH_MS, and never without a store; before the answer, since a frozen instance does
   * nothing. What cannot be stored is kept for the next time; the call does not fail.
   *
   * A store that fails or is slow, as when too many instances write to it, is left alone for longer each time, up to a
   * minute: each flush delays a call, and so as many instances write in the end as it can serve.
   */
  flushIfDue(invocation: Invocation): Promise<void>;
}

/** Makes an instance's flusher. `flush` adds to the store what was counted. */
export function createFlusher(
  { config, log }: MetricsHost,
  flush: (invocation: Invocation) => Promise<void>,
): Flusher {
  const { METRICS_FLUSH_MS } = config;
  let lastMs = 0;
  let intervalMs = 0;
  /** Flushes in a row that failed or took long. */
  let troubles = 0;
  // The wall clock may be set back; then a flush is due.
  const isDue = () => metricsUrl(config) !== undefined && Math.abs(Date.now() - lastMs) >= intervalMs;
  return {
    async flushIfDue(invocation) {
      if (!isDue()) {
        return;
      }
      const start = Date.now();
      // Calls that come at once share a flush, and its trouble.
      const before = troubles;
      lastMs = start;
      intervalMs = METRICS_FLUSH_MS;
      try {
        await flush(invocation);
        // Who wants every call written accepts the time that takes.
        const isSlow = METRICS_FLUSH_MS > 0 && Date.now() - start > SLOW_MS;
        troubles = isSlow ? before + 1 : 0;
      } catch (error) {
        troubles = before + 1;
        log.warn('the metrics could not be stored; a later call tries again', {}, error);
      }
      if (troubles > 0) {
        intervalMs = pauseAfter(troubles, METRICS_FLUSH_MS);
      }
    },
  };
}

/** Half of it by chance, so that instances that met once do not meet again. */
function pauseAfter(troubles: number, flushMs: number): number {
  const most = Math.min(MAX_PAUSE_MS, Math.max(flushMs, MIN_PAUSE_MS) * 2 ** troubles);
  return Math.max(flushMs, most * (1 - Math.random() / 2));
}
