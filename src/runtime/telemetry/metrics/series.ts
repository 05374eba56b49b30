import type { Metric } from '../../model/message.ts';

/** The values of a metric with one combination of name and labels. */
export interface Series {
  readonly type: Metric['type'];
  /** A name that Prometheus allows; that of a COUNTER is without `_total`. */
  readonly name: string;
  /**
   * The series' own labels. Labels that all series of a deployment share are added when the series are shown.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** COUNTER: the sum; GAUGE: the last value; TIMER: the sum in seconds. */
  value: number;
  /** GAUGE: when `value` was set, in milliseconds since 1970. */
  timeMs?: number;
  /** TIMER: observations per bucket, not cumulated; the last one is +Inf. */
  buckets?: number[];
}

/**
 * Upper bounds (inclusive) of a TIMER's buckets in seconds: 50 from 1 ms to 30 s, evenly spaced in their
 * logarithm.
 *
 * The bounds are constants: if computed here, some would differ from the reference's in the last digit, and
 * dashboards compare `le` as text.
 */
// biome-ignore format: five a line
export const BUCKET_BOUNDS: readonly number[] = [
  0.001, 0.0012341553253454693, 0.0015231393670785815, 0.0018797905611233593, 0.0023199535315445415,
  0.002863183005509725, 0.0035336125536884733, 0.004361026750842238, 0.005382184388525997, 0.006642451525090608,
  0.008197816923039709, 0.010117379411776668, 0.012486417679584786, 0.015410178873747385, 0.019018554321561593,
  0.02347185009632733, 0.028967908792092944, 0.03575089889988335, 0.04412216226317852, 0.05445360152285871,
  0.06720420230367624, 0.0829404241586763, 0.10236136616184238, 0.12632982515827532, 0.15591062646904755,
  0.19241792993472334, 0.2374736129208902, 0.2930793240153456, 0.3617054084821892, 0.44640065608455204,
  0.5509277469444613, 0.6799304127720881, 0.8391397397870157, 1.035628778567157, 1.2781267721496807,
  1.5774069623151439, 1.9467652027782552, 2.402610642206036, 2.965194718810281, 3.65951085290597,
  4.516404807273444, 5.573945044312399, 6.879113959621136, 8.489895126924782, 10.477849282518772,
  12.931293490187748, 15.959224724520412, 19.696162182151948, 24.30812344597087, 29.999999999999996,
];

/**
 * Labels that say where a series comes from; a metric's own tags cannot have these names. `le` is the bound
 * of a bucket.
 */
const RESERVED = new Set([
  'deployment_name',
  'model_name',
  'model_image',
  'model_version',
  'predictor_name',
  'predictor_version',
  'seldon_deployment_name',
  'image_name',
  'image_version',
  'method',
  'worker_id',
  'le',
]);

/** Makes an empty series for a metric; labels in `own` win over its tags. */
export function newSeries(
  { type = 'COUNTER', key, tags }: Pick<Metric, 'type' | 'key' | 'tags'>,
  own: Readonly<Record<string, string>>,
): Series {
  const name = toMetricName(type === 'COUNTER' ? key.replace(/_total$/, '') : key);
  const series: Series = { type, name, labels: { ...toLabels(tags ?? {}), ...own }, value: 0 };
  if (type === 'TIMER') {
    series.buckets = new Array(BUCKET_BOUNDS.length + 1).fill(0);
  }
  return series;
}

/**
 * Identifies a series: two texts are equal exactly if type, name and labels are equal, for any characters in
 * them.
 */
export function seriesId({ type, name, labels }: Series): string {
  return JSON.stringify([type, name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Adds one observation. A TIMER's `value` is in milliseconds.
 *
 * Only a GAUGE accepts NaN and the infinities: added to a sum, they would stay in it for ever.
 */
export function observe(series: Series, value: number, timeMs: number): void {
  if (series.type === 'GAUGE') {
    series.value = value;
    series.timeMs = timeMs;
  } else if (!Number.isFinite(value)) {
    return;
  } else if (series.buckets === undefined) {
    series.value += value;
  } else {
    const seconds = value / 1000;
    series.value += seconds;
    const bucket = BUCKET_BOUNDS.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? BUCKET_BOUNDS.length : bucket;
    series.buckets[index] = (series.buckets[index] as number) + 1;
  }
}

/** Adds the values of `other`; of two gauges, the later value wins. */
export function merge(series: Series, other: Readonly<Series>): void {
  if (series.type === 'GAUGE') {
    if ((other.timeMs ?? 0) < (series.timeMs ?? 0)) {
      return;
    }
    series.value = other.value;
    series.timeMs = other.timeMs ?? 0;
    return;
  }
  series.value += other.value;
  series.buckets = series.buckets?.map((count, index) => count + (other.buckets?.[index] ?? 0)) as number[];
}

/** Replaces each character that Prometheus does not allow with `_`. */
function toMetricName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
}

/** Converts tags to labels. Tags that would become the same label get different names. */
function toLabels(tags: Readonly<Record<string, string>>): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [tag, value] of Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (RESERVED.has(tag)) {
      continue;
    }
    // Prometheus reserves names that begin with two underscores.
    let label = tag
      .replace(/[^a-zA-Z0-9_]/g, '_')
      .replace(/^(?=\d|$)/, '_')
      .replace(/^__+/, '_');
    while (Object.hasOwn(labels, label) || RESERVED.has(label)) {
      label += '_';
    }
    labels[label] = value;
  }
  return labels;
}
