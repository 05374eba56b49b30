import { SeldonError } from '../errors.ts';
import type { Metric } from '../model/message.ts';
import { isRecord } from '../objects.ts';
import { show } from '../show.ts';

const TYPES = ['COUNTER', 'GAUGE', 'TIMER'] as const;

/**
 * `metrics` as they may be answered and recorded: tag values as text, `tags: null` left out; the given
 * objects are not changed.
 *
 * @param defaultType - what a metric without a type counts as; undefined refuses it.
 * @throws SeldonError MICROSERVICE_BAD_METRIC when one of them is no metric; then none of them is recorded.
 */
export function toMetrics(metrics: unknown, defaultType?: Metric['type']): Metric[] {
  if (!Array.isArray(metrics)) {
    throw badMetric(metrics, 'expected a list of metrics');
  }
  // A hole in the list is no metric either; map() would keep it.
  return Array.from(metrics, (metric: unknown, index) =>
    toMetric(metric, defaultType, (why) => badMetric(metrics, `[${index}]${why}`)),
  );
}

function toMetric(
  metric: unknown,
  defaultType: Metric['type'] | undefined,
  refuse: (why: string) => SeldonError,
): Metric {
  if (!isRecord(metric)) {
    throw refuse(': expected an object {type, key, value}');
  }
  const { key, type = defaultType, value, tags, ...others } = metric;
  if (typeof key !== 'string' || key === '') {
    throw refuse('.key: expected a name');
  }
  if (!isType(type)) {
    throw refuse(`.type: expected one of ${TYPES.join(', ')}`);
  }
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw refuse('.value: expected a number');
  }
  // A boolean is a number in Python, and is answered as the boolean that it is.
  const checked = { ...others, type, key, value: value as number };
  return tags === undefined || tags === null ? checked : { ...checked, tags: toTags(tags, refuse) };
}

function isType(type: unknown): type is Metric['type'] {
  return TYPES.some((known) => known === type);
}

function toTags(tags: unknown, refuse: (why: string) => SeldonError): Record<string, string> {
  if (!isRecord(tags)) {
    throw refuse('.tags: expected an object of texts');
  }
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => {
      if (typeof value === 'object' && value !== null) {
        throw refuse(`.tags.${name}: expected text`);
      }
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
