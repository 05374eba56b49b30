import { type Config, metricsUrl } from './config.ts';
import type { Invocation } from './invocation.ts';
import { log } from './log.ts';

let imported: Promise<typeof import('./metrics-store.ts')> | undefined;
let lastMs = 0;
let failedMs = 0;

/**
 * Adds what this instance has counted to the store, at most every METRICS_FLUSH_MS; before the answer, since a frozen instance
 * does nothing. What cannot be stored is kept for the next time; the call does not fail.
 */
export async function flushWhenDue(config: Config, invocation: Invocation): Promise<void> {
  if (metricsUrl(config) === undefined || !isDue(config)) return;
  lastMs = Date.now();
  try {
    const { flushMetrics } = await metricsStore();
    await flushMetrics(config, invocation);
  } catch (error) {
    failedMs = Date.now();
    log('warn', 'the metrics could not be stored; the next call tries again', {}, error);
  }
}

/** The code that only functions with a store need. */
export function metricsStore(): Promise<typeof import('./metrics-store.ts')> {
  imported ??= import('./metrics-store.ts');
  return imported;
}

/** The wall clock may be set back; then it is due. */
function isDue({ METRICS_FLUSH_MS }: Config): boolean {
  const now = Date.now();
  return Math.abs(now - lastMs) >= METRICS_FLUSH_MS && Math.abs(now - failedMs) >= PAUSE_AFTER_FAILURE_MS;
}

/** A store that is down delays one call in this time. */
const PAUSE_AFTER_FAILURE_MS = 1000;
