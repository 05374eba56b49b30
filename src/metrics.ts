import { SeldonError } from './errors.ts';
import type { Metric } from './message.ts';
import { isRecord } from './record.ts';
import { show } from './show.ts';

const TYPES = ['COUNTER', 'GAUGE', 'TIMER'] as const;

/**
 * `metrics` as they may be answered and recorded: tag values as text, `tags: null` left out; the given objects are not
 * changed.
 *
 * @param defaultType - what a metric without a type counts as; undefined refuses it.
 * @throws SeldonError MICROSERVICE_BAD_METRIC when one of them is no metric; then none of them is recorded.
 */
export function toMetrics(metrics: unknown, defaultType?: Metric['type']): Metric[] {
  if (!Array.isArray(metrics)) throw badMetric(metrics, 'expected a list of metrics');
  return metrics.map((metric, index) =>
    toMetric(metric, defaultType, (why) => badMetric(metrics, `[${index}]${why}`)),
  );
}

function toMetric(
  metric: unknown,
  defaultType: Metric['type'] | undefined,
  refuse: (why: string) => SeldonError,
): Metric {
  if (!isRecord(metric)) throw refuse(': expected an object {type, key, value}');
  const { key, type = defaultType, value, tags, ...others } = metric;
  if (typeof key !== 'string' || key === '') throw refuse('.key: expected a name');
  if (!isType(type)) throw refuse(`.type: expected one of ${TYPES.join(', ')}`);
  if (typeof value !== 'number' && typeof value !== 'boolean') throw refuse('.value: expected a number');
  // A boolean is a number in Python, and is answered as the boolean that it is.
  const checked = { ...others, type, key, value: value as number };
  return tags === undefined || tags === null ? checked : { ...checked, tags: toTags(tags, refuse) };
}

function isType(type: unknown): type is Metric['type'] {
  return TYPES.some((known) => known === type);
}

function toTags(tags: unknown, refuse: (why: string) => SeldonError): Record<string, string> {
  if (!isRecord(tags)) throw refuse('.tags: expected an object of texts');
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => {
      if (typeof value === 'object' && value !== null) throw refuse(`.tags.${name}: expected text`);
      return [name, String(value)];
    }),
  );
}

function badMetric(metrics: unknown, why: string): SeldonError {
  return new SeldonError(
    'MICROSERVICE_BAD_METRIC',
    `Bad metric created during request: ${show(metrics, 500)}: ${why}`,
  );
}

/** One series of this instance. A TIMER's observations are counted by bucket, bounds in seconds. */
export interface Series {
  readonly type: Metric['type'];
  readonly key: string;
  /** The metric's own tags, then `method`: the endpoint's word in the reference. */
  readonly labels: Readonly<Record<string, string>>;
  /** COUNTER: the sum; GAUGE: the last value; TIMER: the sum in seconds. */
  value: number;
  /** TIMER: observations per bucket, not cumulated; the last one is +Inf. */
  readonly buckets?: number[];
}

/** Upper bounds (inclusive) of a TIMER's buckets in seconds: 50 from 1 ms to 30 s, evenly spaced in their logarithm. */
export const BUCKET_BOUNDS: readonly number[] = Array.from(
  { length: 50 },
  (_, k) => 10 ** (-3 + (k * (Math.log10(30) + 3)) / 49),
);

const registry = new Map<string, Series>();

/** Adds `metrics` to this instance's series. `method`: `predict`, `inputtransform`, `router`, ... */
export function recordMetrics(metrics: readonly Metric[], method: string): void {
  for (const { key, type = 'COUNTER', value, tags } of metrics) {
    const labels = { ...tags, method };
    // Sorted pairs as JSON: distinct tag sets never share a series, whatever characters they hold.
    const id = JSON.stringify([type, key, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    let series = registry.get(id);
    if (series === undefined) {
      series = {
        type,
        key,
        labels,
        value: 0,
        ...(type === 'TIMER' ? { buckets: new Array(BUCKET_BOUNDS.length + 1).fill(0) } : {}),
      };
      registry.set(id, series);
    }
    observe(series, Number(value));
  }
}

/** Every series recorded by this instance so far. */
export function recordedSeries(): Iterable<Readonly<Series>> {
  return registry.values();
}

function observe(series: Series, value: number): void {
  if (series.type === 'COUNTER') series.value += value;
  else if (series.type === 'GAUGE') series.value = value;
  else {
    const seconds = value / 1000;
    const bucket = BUCKET_BOUNDS.findIndex((bound) => seconds <= bound);
    const buckets = series.buckets as number[];
    series.value += seconds;
    buckets[bucket < 0 ? BUCKET_BOUNDS.length : bucket] =
      (buckets[bucket < 0 ? BUCKET_BOUNDS.length : bucket] as number) + 1;
  }
}
