import type { Recorded } from './registry.ts';
import { merge, type Series, seriesId } from './series.ts';

/** The metrics of all instances of a deployment: the value in the store. */
export interface MetricsDocument {
  /** By {@link seriesId}. */
  readonly series: Map<string, Series>;
  /** How often any of the instances left something out for lack of room. */
  dropped: number;
  /** The number of batches that were ever added. */
  batches: number;
  /**
   * For each of the instances that wrote most recently, oldest first: the number of its last batch. A
   * repeated batch is recognised by it.
   */
  readonly applied: Map<string, number>;
}

/** The metrics that one instance adds at once; `sequence` grows with each batch of an instance. */
export interface Batch extends Recorded {
  readonly instance: string;
  readonly sequence: number;
}

/**
 * The number of instances that are remembered. A batch whose reply was lost is recognised as long as fewer
 * than this many other instances have added a batch since.
 */
const REMEMBERED_INSTANCES = 1_000;

/** Makes an empty document. */
export function emptyDocument(): MetricsDocument {
  return { series: new Map(), dropped: 0, batches: 0, applied: new Map() };
}

/**
 * Adds `batch`, unless the document has it already.
 *
 * @param maxSeries - the most series that the document may have; a new series beyond that is counted as
 *   dropped.
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
  // Moved to the end of the map, so that the oldest come first.
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
 * Whether the record of applied batches no longer reaches back to this one, so that it is unknown whether it
 * was added.
 *
 * @param batches - `document.batches` at the first attempt that had no answer.
 */
export function isForgotten(
  { applied, batches: now }: MetricsDocument,
  batch: Batch,
  batches: number,
): boolean {
  return !applied.has(batch.instance) && now - batches >= REMEMBERED_INSTANCES;
}
