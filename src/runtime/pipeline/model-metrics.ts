import { SeldonError } from '../errors.ts';
import type { Metric } from '../model/message.ts';
import { isRecord } from '../objects.ts';
import { show } from '../show.ts';

const TYPES = ['COUNTER', 'GAUGE', 'TIMER'] as const;

/**
 * Checks `metrics` and copies them, to be answered and recorded: tag values become text, `tags: null` is left
 * out. The given objects are not changed.
 *
 * @param defaultType - the type of a metric without a type; undefined: such a metric is refused.
 * @throws SeldonError MICROSERVICE_BAD_METRIC when one of them is not a metric; then none of them is
 *   recorded.
 */
export function toMetrics(metrics: unknown, defaultType?: Metric['type']): Metric[] {
  if (!Array.isArray(metrics)) {
    throw badMetric(metrics, 'expected a list of metrics');
  }
  // A hole in the list is not a metric either; map() would skip it.
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
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') {
    throw refuse('.value: expected a number');
  }
  // In Python a boolean is a number. It is answered as a boolean.
  const checked = { ...others, type, key, value: value as Metric['value'] };
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
