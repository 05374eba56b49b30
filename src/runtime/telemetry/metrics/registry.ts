import { config } from '../../config.ts';
import type { Metric } from '../../model/message.ts';
import { newSeries, observe, type Series, seriesId } from './series.ts';

/** What this instance counted since {@link takeRecorded}. */
export interface Recorded {
  readonly series: readonly Series[];
  /** How often something was left out because there would have been more than METRICS_MAX_SERIES series. */
  readonly dropped: number;
}

/** A call of a method, as it ended. */
export interface Call {
  /** `predict`, `inputtransform`, `router`, ... */
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  /**
   * Of a call that came without an orchestrator, as from API clients: what an orchestrator calls it, and the
   * method's path.
   */
  readonly external?: { readonly service: string; readonly path: string } | undefined;
}

let series = new Map<string, Series>();
let dropped = 0;

/** Adds the model's own `metrics`. `method`: the label of the same name. */
export function recordMetrics(metrics: readonly Metric[], method: string, timeMs = Date.now()): void {
  for (const metric of metrics) {
    const empty = newSeries(metric, withWorker({ method }));
    add(seriesId(empty), () => empty, Number(metric.value), timeMs);
  }
}

/**
 * Counts a call and its duration: `seldon_lambda_requests_seconds`, and, as if an orchestrator had been
 * there, the two histograms that dashboards of Seldon's orchestrator show.
 */
export function recordCall({ method, status, durationMs, external }: Call): void {
  const code = String(status);
  const record = (key: string, labels: Readonly<Record<string, string>>) => {
    // Cheaper than the id of a metric of the model's, and never the same.
    const id = `${key}\n${Object.values(labels).join('\n')}`;
    add(id, () => newSeries({ type: 'TIMER', key }, withWorker(labels)), durationMs, 0);
  };
  record('seldon_lambda_requests_seconds', { method, code });
  if (external === undefined) {
    return;
  }
  record('seldon_api_executor_server_requests_seconds', { method: 'post', code, service: external.service });
  record('seldon_api_executor_client_requests_seconds', { method: 'post', code, service: external.path });
}

/** What has been recorded and not been taken. */
export function recorded(): Recorded {
  return { series: [...series.values()], dropped };
}

/** Takes out what has been recorded; undefined when that is nothing. */
export function takeRecorded(): Recorded | undefined {
  if (series.size === 0 && dropped === 0) {
    return undefined;
  }
  const taken = recorded();
  series = new Map();
  dropped = 0;
  return taken;
}

function add(id: string, create: () => Series, value: number, timeMs: number): void {
  let found = series.get(id);
  if (found === undefined) {
    if (series.size >= config().METRICS_MAX_SERIES) {
      dropped++;
      return;
    }
    found = create();
    series.set(id, found);
  }
  observe(found, value, timeMs);
}

const WORKER_ID = Math.random().toString(16).slice(2, 10);

function withWorker(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return config().METRICS_WORKER_LABEL ? { ...labels, worker_id: WORKER_ID } : labels;
}
