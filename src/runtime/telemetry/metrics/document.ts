import type { Recorded } from './registry.ts';
import { merge, type Series, seriesId } from './series.ts';

/** What all instances of a deployment have counted: the value that is kept in the store. */
export interface MetricsDocument {
  /** By {@link seriesId}. */
  readonly series: Map<string, Series>;
  /** How often something was left out for want of room, by all instances. */
  dropped: number;
  /** How many batches were ever added. */
  batches: number;
  /**
   * Number of the last batch of each of the last instances, oldest first: how a repeated one is recognised.
   */
  readonly applied: Map<string, number>;
}

/** What one instance adds at once; `sequence` grows with each batch of an instance. */
export interface Batch extends Recorded {
  readonly instance: string;
  readonly sequence: number;
}

/** As many other instances may add something before a batch whose reply was lost is repeated. */
const REMEMBERED_INSTANCES = 1_000;

/** A document in which nothing is counted yet. */
export function emptyDocument(): MetricsDocument {
  return { series: new Map(), dropped: 0, batches: 0, applied: new Map() };
}

/**
 * Adds `batch`, if it is not in there already.
 *
 * @param maxSeries - more series than these are not begun, but counted as dropped.
 */
export function addBatch(document: MetricsDocument, batch: Batch, maxSeries: number): void {
  const { instance, sequence } = batch;
  if ((document.applied.get(instance) ?? 0) >= sequence) {
    return;
  }
  document.dropped += batch.dropped;
  for (const series of batch.series) {
    const id = seriesId(series);
    const known = document.series.get(id);
    if (known !== undefined) {
      merge(known, series);
    } else if (document.series.size < maxSeries) {
      document.series.set(id, structuredClone(series));
    } else {
      document.dropped++;
    }
  }
  document.batches++;
  // Last in the map, so that the first are the oldest.
  document.applied.delete(instance);
  document.applied.set(instance, sequence);
  for (const oldest of document.applied.keys()) {
    if (document.applied.size <= REMEMBERED_INSTANCES) {
      break;
    }
    document.applied.delete(oldest);
  }
}

/**
 * Whether nobody can say any more whether a batch is in there.
 *
 * @param batches - what `document.batches` was when it was first tried without an answer.
 */
export function isForgotten(
  { applied, batches: now }: MetricsDocument,
  batch: Batch,
  batches: number,
): boolean {
  return !applied.has(batch.instance) && now - batches >= REMEMBERED_INSTANCES;
}
