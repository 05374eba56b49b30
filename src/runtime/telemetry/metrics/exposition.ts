import { BUCKET_BOUNDS, type Series } from './series.ts';

type Labels = Readonly<Record<string, string>>;

const TYPES = { COUNTER: 'counter', GAUGE: 'gauge', TIMER: 'histogram' } as const;
const HELP: Readonly<Record<string, string>> = {
  seldon_lambda_requests_seconds:
    'Calls of the methods of the model, by status code, and how long they took.',
  seldon_api_executor_server_requests_seconds: 'Calls that came without an orchestrator.',
  seldon_api_executor_client_requests_seconds: 'Calls of the model that came without an orchestrator.',
  seldon_lambda_graph_seconds: 'Time that a graph takes for itself, without that of its units.',
  seldon_lambda_graph_warmup_seconds: 'Warm-ups of units elsewhere.',
  seldon_lambda_payload_log_failures_total: 'Payloads that did not arrive at PAYLOAD_LOG_URL in time.',
  seldon_lambda_hidden_series: 'Series for which an answer has no room.',
  seldon_lambda_dropped_total: 'How often a metric was left out because METRICS_MAX_SERIES was reached.',
};

interface Family {
  readonly name: string;
  readonly type: Series['type'];
  readonly lines: string[];
}

/**
 * Writes `series` in Prometheus' text format 0.0.4: one family per name.
 *
 * @param common - labels of every series; a series' own labels win.
 * @param dropped - how often something was left out; shown when it is not 0.
 * @param maxCharacters - of the text. Series that would exceed it are left out, and are counted in
 *   `seldon_lambda_hidden_series`.
 */
export function toPrometheusText(
  series: Iterable<Series>,
  common: Labels,
  { dropped, maxCharacters }: { dropped: number; maxCharacters: number },
): string {
  const families = new Map<string, Family>();
  const owners = new Map<string, Family>();
  let characters = 0;
  let hidden = 0;
  for (const each of series) {
    const family = familyOf(each, families, owners);
    const text = toLines(family.name, each, { ...common, ...each.labels }).join('');
    if (characters + text.length > maxCharacters) {
      hidden++;
      continue;
    }
    characters += text.length;
    family.lines.push(text);
  }
  if (hidden > 0) {
    const lines = [sample('seldon_lambda_hidden_series', common, hidden)];
    families.set('hidden', { name: 'seldon_lambda_hidden_series', type: 'GAUGE', lines });
  }
  if (dropped > 0) {
    const lines = [sample('seldon_lambda_dropped_total', common, dropped)];
    families.set('dropped', { name: 'seldon_lambda_dropped_total', type: 'COUNTER', lines });
  }
  return [...families.values()]
    .filter(({ lines }) => lines.length > 0)
    .map(toText)
    .join('');
}

/**
 * Finds or makes the family of a series. If another type already has its name, or one of the names of its
 * samples, the family gets its type as a suffix.
 */
function familyOf(series: Series, families: Map<string, Family>, owners: Map<string, Family>): Family {
  const key = `${series.type} ${series.name}`;
  const known = families.get(key);
  if (known !== undefined) {
    return known;
  }
  const base = series.type === 'COUNTER' ? `${series.name}_total` : series.name;
  let name = base;
  while (samplesOf(name, series.type).some((sampled) => owners.has(sampled))) {
    name = `${name}_${TYPES[series.type]}`;
  }
  const family: Family = { name, type: series.type, lines: [] };
  for (const sampled of samplesOf(name, series.type)) {
    owners.set(sampled, family);
  }
  families.set(key, family);
  return family;
}

function samplesOf(name: string, type: Series['type']): string[] {
  return type === 'TIMER' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}

function toLines(name: string, { value, buckets }: Series, labels: Labels): string[] {
  if (buckets === undefined) {
    return [sample(name, labels, value)];
  }
  let count = 0;
  const lines = buckets.map((observed, index) => {
    count += observed;
    return sample(`${name}_bucket`, { ...labels, le: toNumber(BUCKET_BOUNDS[index] ?? Infinity) }, count);
  });
  return [...lines, sample(`${name}_count`, labels, count), sample(`${name}_sum`, labels, value)];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, text]) => `${label}=${quote(text)}`);
  return `${name}{${pairs.join(',')}} ${toNumber(value)}\n`;
}

function toText({ name, type, lines }: Family): string {
  const help = Object.hasOwn(HELP, name) ? HELP[name] : `A ${TYPES[type]} of the model.`;
  return `# HELP ${name} ${help}\n# TYPE ${name} ${TYPES[type]}\n${lines.join('')}`;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}

function toNumber(value: number): string {
  return Number.isNaN(value)
    ? 'NaN'
    : String(value).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`);
}
