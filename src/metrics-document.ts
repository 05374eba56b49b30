import type { Recorded } from './metrics.ts';
import { merge, type Series, seriesId } from './series.ts';

/** What all instances of a deployment have counted: the value that is kept in the store. */
export interface MetricsDocument {
  /** By {@link seriesId}. */
  readonly series: Map<string, Series>;
  /** How often something was left out for want of room, by all instances. */
  dropped: number;
  /** The last batch of each instance that is in here: how a repeated one is recognised. */
  readonly applied: Map<string, { readonly sequence: number; readonly timeMs: number }>;
}

/** What one instance adds at once; `sequence` grows with each batch of an instance. */
export interface Batch extends Recorded {
  readonly instance: string;
  readonly sequence: number;
  readonly timeMs: number;
}

/** How long a batch is remembered: longer than an instance lives that has one to repeat. */
export const REMEMBERED_MS = 6 * 60 * 60 * 1000;

/** A document in which nothing is counted yet. */
export function emptyDocument(): MetricsDocument {
  return { series: new Map(), dropped: 0, applied: new Map() };
}

/**
 * Adds `batch`, if it is not in there already.
 *
 * @param maxSeries - more series than these are not begun, but counted as dropped.
 */
export function addBatch(document: MetricsDocument, batch: Batch, maxSeries: number): void {
  const { instance, sequence, timeMs } = batch;
  if ((document.applied.get(instance)?.sequence ?? 0) >= sequence) return;
  document.dropped += batch.dropped;
  for (const series of batch.series) {
    const id = seriesId(series);
    const known = document.series.get(id);
    if (known !== undefined) merge(known, series);
    else if (document.series.size < maxSeries) document.series.set(id, structuredClone(series));
    else document.dropped++;
  }
  // Last in the map, so that the first are the oldest.
  document.applied.delete(instance);
  document.applied.set(instance, { sequence, timeMs });
  for (const [other, { timeMs: at }] of document.applied) {
    if (timeMs - at <= REMEMBERED_MS) break;
    document.applied.delete(other);
  }
}
