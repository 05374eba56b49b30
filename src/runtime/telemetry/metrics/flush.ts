import { type Config, metricsUrl } from '../../config.ts';
import type { Invocation } from '../../invocation.ts';
import { log } from '../../log.ts';

let imported: Promise<typeof import('../later.chunk.ts')> | undefined;
let lastMs = 0;
/** Flushes in a row that failed or took long. */
let troubles = 0;
/** Until the next flush. */
let intervalMs = 0;

/**
 * Whether what this instance has counted is to be added to the store, at most every METRICS_FLUSH_MS; never
 * without one.
 */
export function isFlushDue(config: Config): boolean {
  // The wall clock may be set back; then it is due.
  return metricsUrl(config) !== undefined && Math.abs(Date.now() - lastMs) >= intervalMs;
}

/**
 * Adds what this instance has counted to the store; before the answer, since a frozen instance does nothing.
 * What cannot be stored is kept for the next time; the call does not fail.
 *
 * A store that fails or is slow, as when too many instances write to it, is left alone for longer each time,
 * up to a minute: each flush delays a call, and so many instances write in the end as it can serve.
 */
export async function flush(config: Config, invocation: Invocation): Promise<void> {
  const start = Date.now();
  // Calls that come at once share a flush, and its trouble.
  const before = troubles;
  lastMs = start;
  intervalMs = config.METRICS_FLUSH_MS;
  try {
    const { flushMetrics } = await metricsStore();
    await flushMetrics(config, invocation);
    // Who wants every call written accepts what that takes.
    const isSlow = config.METRICS_FLUSH_MS > 0 && Date.now() - start > SLOW_MS;
    troubles = isSlow ? before + 1 : 0;
  } catch (error) {
    troubles = before + 1;
    log('warn', 'the metrics could not be stored; a later call tries again', {}, error);
  }
  if (troubles > 0) {
    intervalMs = backOff(config);
  }
}

/** The code that only functions with a store need. */
export function metricsStore(): Promise<typeof import('../later.chunk.ts')> {
  imported ??= import('../later.chunk.ts');
  return imported;
}

/** Half of it by chance, so that instances which met do not meet again. */
function backOff({ METRICS_FLUSH_MS }: Config): number {
  const most = Math.min(MAX_PAUSE_MS, Math.max(METRICS_FLUSH_MS, MIN_PAUSE_MS) * 2 ** troubles);
  return Math.max(METRICS_FLUSH_MS, most * (1 - Math.random() / 2));
}

const SLOW_MS = 250;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
