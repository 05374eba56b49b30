import { UNSET } from '../../container-image.ts';
import type { Metric } from '../../model/message.ts';
import type { FinishedCall } from './registry.ts';

/** CloudWatch's limit for one line. */
const MAX_METRICS = 100;
const MAX_NAME_CHARACTERS = 1000;
const UNITS = { COUNTER: 'Count', GAUGE: 'None', TIMER: 'Milliseconds' } as const;
/** Our own metrics of a call. */
const OWN = [
  ['requests', 'COUNTER'],
  ['errors', 'COUNTER'],
  ['duration', 'TIMER'],
] as const;
const DIMENSIONS = ['deployment', 'predictor', 'model', 'method'] as const;
/** The names of other fields of a line. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    '_aws deployment predictor model method tags level message timestamp puid requestId ' +
    'unit path status reason info error coldStart nodes node request response'
  ).split(' '),
);

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
  const lineOf = (CloudWatchMetrics: object) => ({
    _aws: { Timestamp: timeMs, CloudWatchMetrics },
    ...dimensions,
  });
  const own = { requests: 1, errors: status >= 400 ? 1 : 0, duration: durationMs };
  // Most models have no metrics of their own.
  if (metrics.length === 0) {
    return [{ ...lineOf(OURS), ...own }];
  }
  const values = new Map<string, Values>(OWN.map(([name, type]) => [name, { type, values: [own[name]] }]));
  addByName(values, metrics);
  const tags = metrics.filter(({ tags }) => tags && Object.keys(tags).length > 0);
  const names = [...values.keys()];
  return Array.from({ length: Math.ceil(names.length / MAX_METRICS) }, (_, page) => {
    const shown = names.slice(page * MAX_METRICS, (page + 1) * MAX_METRICS);
    const types = shown.map((name) => [name, (values.get(name) as Values).type] as const);
    return {
      ...lineOf(toDirective(types)),
      ...(tags.length > 0 ? { tags: Object.fromEntries(tags.map(({ key, tags }) => [key, tags])) } : {}),
      ...Object.fromEntries(shown.map((name) => [name, oneOrMore((values.get(name) as Values).values)])),
    };
  });
}

function toDirective(types: readonly (readonly [name: string, type: Values['type']])[]) {
  const Metrics = types.map(([Name, type]) => ({ Name, Unit: UNITS[type] }));
  return [{ Namespace: 'Seldon', Dimensions: [DIMENSIONS], Metrics }];
}

/** The directive of a call without metrics of the model. */
const OURS = toDirective(OWN);

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
