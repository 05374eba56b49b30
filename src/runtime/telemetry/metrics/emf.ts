import { UNSET } from '../../container-image.ts';
import type { Metric } from '../../model/message.ts';
import type { FinishedCall } from './registry.ts';

/** CloudWatch's limit for one line. */
const MAX_METRICS = 100;
const MAX_NAME_CHARACTERS = 1000;
const UNITS = { COUNTER: 'Count', GAUGE: 'None', TIMER: 'Milliseconds' } as const;
/** Our own metrics of a call. */
const OWN = [
  ['requests', { type: 'COUNTER' }],
  ['errors', { type: 'COUNTER' }],
  ['duration', { type: 'TIMER' }],
] as const;
const DIMENSIONS = ['deployment', 'predictor', 'model', 'method'] as const;
/** The names of other fields of a line. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    '_aws deployment predictor model method tags level message timestamp puid requestId ' +
    'unit path status reason info error coldStart nodes node request response'
  ).split(' '),
);

/** What a line has for CloudWatch. */
export interface EmfPage {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Further members of the line, as JSON: a comma and the directive, which says which fields are metrics. */
  readonly members?: string;
}

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
): EmfPage[] {
  const fields = {
    // CloudWatch refuses an empty dimension.
    deployment: common.deployment_name || UNSET,
    predictor: common.predictor_name || UNSET,
    model: common.model_name || UNSET,
    method,
    requests: 1,
    errors: status >= 400 ? 1 : 0,
    duration: durationMs,
  };
  const pageOf = (fields: EmfPage['fields'], directive: string) => ({
    fields,
    members: `,"_aws":{"Timestamp":${timeMs},"CloudWatchMetrics":${directive}}`,
  });
  // Most models have no metrics of their own.
  if (metrics.length === 0) {
    return [pageOf(fields, OURS)];
  }
  const values = new Map<string, Values>(
    OWN.map(([name, own]) => [name, { ...own, values: [fields[name]] }]),
  );
  addByName(values, metrics);
  const all = [...values];
  const pages: EmfPage[] = [];
  for (let at = 0; at < all.length; at += MAX_METRICS) {
    const shown = all.slice(at, at + MAX_METRICS);
    const tags = shown.flatMap(([, { key, tags }]) => (tags ? [[key, tags]] : []));
    const ofPage = {
      ...Object.fromEntries(DIMENSIONS.map((name) => [name, fields[name]])),
      ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
      ...Object.fromEntries(
        shown.map(([name, { values }]) => [name, values.length > 1 ? values : values[0]]),
      ),
    };
    pages.push(pageOf(ofPage, toDirective(shown)));
  }
  return pages;
}

function toDirective(shown: readonly (readonly [name: string, Pick<Values, 'type'>])[]): string {
  const Metrics = shown.map(([Name, { type }]) => ({ Name, Unit: UNITS[type] }));
  return JSON.stringify([{ Namespace: 'Seldon', Dimensions: [DIMENSIONS], Metrics }]);
}

/** The directive of a call without metrics of the model. */
const OURS = toDirective(OWN);

interface Values {
  /** The last ones that are not empty. */
  readonly tags?: Metric['tags'];
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
  for (const { key, type = 'COUNTER', value, tags } of metrics) {
    const number = Number(value);
    // CloudWatch refuses NaN and the infinities.
    if (!Number.isFinite(number)) {
      continue;
    }
    let name = key.slice(0, MAX_NAME_CHARACTERS);
    let there = found.get(name);
    while (TAKEN.has(name) || (there && (there.key !== key || there.type !== type))) {
      name += `_${type.toLowerCase()}`;
      there = found.get(name);
    }
    const values = there?.values ?? [];
    if (values.length < MAX_METRICS) {
      values.push(number);
    }
    found.set(name, { key, type, values, tags: tags && Object.keys(tags).length > 0 ? tags : there?.tags });
  }
}
