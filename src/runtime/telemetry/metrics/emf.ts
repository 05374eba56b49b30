import { UNSET } from '../../container-image.ts';
import type { Metric } from '../../model/message.ts';
import type { FinishedCall } from './registry.ts';

/** CloudWatch's limit for one line. */
const MAX_METRICS = 100;
const MAX_NAME_CHARACTERS = 1000;
const UNITS = { COUNTER: 'Count', GAUGE: 'None', TIMER: 'Milliseconds' } as const;
const DIMENSIONS = ['deployment', 'predictor', 'model', 'method'] as const;
/** The names of other fields of a line. */
const TAKEN: ReadonlySet<string> = new Set([
  '_aws',
  'deployment',
  'predictor',
  'model',
  'method',
  'tags',
  'level',
  'message',
  'timestamp',
  'puid',
  'requestId',
  'unit',
  'path',
  'status',
  'reason',
  'info',
  'error',
  'coldStart',
  'nodes',
  'node',
  'request',
  'response',
]);

/**
 * Writes a call and the model's own `metrics` of it in CloudWatch's embedded metric format: as fields of one
 * line, rarely of several.
 *
 * Tags are not dimensions, because each value of a dimension would be one more metric to pay for. They are in
 * `tags`, by the metric's key.
 *
 * @param common - the labels that all series share.
 * @see
 *   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function toEmf(
  { method, status, durationMs }: FinishedCall,
  metrics: readonly Metric[],
  common: Readonly<Record<string, string>>,
  timeMs: number,
): Record<string, unknown>[] {
  // CloudWatch refuses an empty dimension.
  const dimensions: Record<(typeof DIMENSIONS)[number], string> = {
    deployment: common.deployment_name || UNSET,
    predictor: common.predictor_name || UNSET,
    model: common.model_name || UNSET,
    method,
  };
  const errors = status >= 400 ? 1 : 0;
  // Most models have no metrics of their own.
  if (metrics.length === 0) {
    const _aws = { Timestamp: timeMs, CloudWatchMetrics: OURS };
    return [{ _aws, ...dimensions, requests: 1, errors, duration: durationMs }];
  }
  const values = new Map<string, Values>([
    ['requests', { type: 'COUNTER', values: [1] }],
    ['errors', { type: 'COUNTER', values: [errors] }],
    ['duration', { type: 'TIMER', values: [durationMs] }],
  ]);
  addByName(values, metrics);
  const tags = metrics.filter(({ tags }) => tags && Object.keys(tags).length > 0);
  const names = [...values.keys()];
  return Array.from({ length: Math.ceil(names.length / MAX_METRICS) }, (_, page) => {
    const shown = names.slice(page * MAX_METRICS, (page + 1) * MAX_METRICS);
    const Metrics = shown.map((name) => ({ Name: name, Unit: UNITS[values.get(name)?.type ?? 'GAUGE'] }));
    return {
      _aws: { Timestamp: timeMs, CloudWatchMetrics: toDirective(Metrics) },
      ...dimensions,
      ...(tags.length > 0 ? { tags: Object.fromEntries(tags.map(({ key, tags }) => [key, tags])) } : {}),
      ...Object.fromEntries(shown.map((name) => [name, oneOrMore(values.get(name)?.values ?? [])])),
    };
  });
}

function toDirective(Metrics: readonly object[]) {
  return [{ Namespace: 'Seldon', Dimensions: [DIMENSIONS], Metrics }];
}

/** The directive of a call without metrics of the model. */
const OURS = toDirective([
  { Name: 'requests', Unit: UNITS.COUNTER },
  { Name: 'errors', Unit: UNITS.COUNTER },
  { Name: 'duration', Unit: UNITS.TIMER },
]);

function oneOrMore(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? (values[0] as number) : values;
}

interface Values {
  /** The key of the model's metric; undefined for a metric of our own. */
  readonly key?: string;
  readonly type: NonNullable<Metric['type']>;
  readonly values: number[];
}

/**
 * Adds the values of the model's metrics. A metric whose name is taken, by another field of the line, by a
 * metric of ours or by another metric of the model, gets its type as a suffix.
 */
function addByName(found: Map<string, Values>, metrics: readonly Metric[]): void {
  for (const { key, type = 'COUNTER', value } of metrics) {
    // CloudWatch refuses NaN and the infinities.
    if (!Number.isFinite(Number(value))) {
      continue;
    }
    let name = key.slice(0, MAX_NAME_CHARACTERS);
    while (TAKEN.has(name) || isOfAnother(found.get(name), key, type)) {
      name += `_${type.toLowerCase()}`;
    }
    const values = found.get(name)?.values ?? [];
    if (values.length < MAX_METRICS) {
      values.push(Number(value));
    }
    found.set(name, { key, type, values });
  }
}

function isOfAnother(there: Values | undefined, key: string, type: Values['type']): boolean {
  return there !== undefined && (there.key !== key || there.type !== type);
}
