import type { Config } from '../../config.ts';
import type { Metric } from '../../model/message.ts';
import { newSeries, observe, type Series, seriesId } from './series.ts';

/** Recorded series, of this instance or of all instances. */
export interface Recorded {
  readonly series: readonly Series[];
  /** How often something was left out because METRICS_MAX_SERIES was reached. */
  readonly dropped: number;
}

/** A call of a method that has ended. */
export interface FinishedCall {
  /** `predict`, `inputtransform`, `router`, ... */
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  /**
   * Set for a call that came without an orchestrator, such as one from an API client: the orchestrator's name
   * for the call, and the path of the method; without a path where a graph counts the calls of its units.
   */
  readonly external?: { readonly service: string; readonly path?: string } | undefined;
}

/** The end of a call. */
export type Ended = Pick<FinishedCall, 'status' | 'durationMs'>;

type Labels = Readonly<Record<string, string>>;

/** Records metrics in this instance until they are taken out. */
export interface Registry {
  /** Adds a model's own `metrics`. `own`: labels of these series; they win over tags. */
  recordMetrics(metrics: readonly Metric[], own: Labels, timeMs: number): void;
  /**
   * Counts a call and its duration, in `seldon_lambda_requests_seconds`. A call that came without an
   * orchestrator is also counted in the two histograms that dashboards of Seldon's orchestrator show.
   */
  recordCall(call: FinishedCall, own: Labels): void;
  /** Counts a call and its duration in the histogram `key`, with one label more than `own`. */
  recordSeconds(key: string, label: readonly [name: string, value: string], call: Ended, own: Labels): void;
  /** The metrics that were recorded and have not been taken out. */
  recorded(): Recorded;
  /** Takes out the recorded metrics; undefined when there are none. */
  take(): Recorded | undefined;
}

/** The names of the histograms that {@link Registry.recordCall} fills. */
const BUILT_IN = /^seldon_(?:lambda|api_executor)_\w+_seconds/;

/**
 * A model's metric that has the name of a histogram of ours gets a prefix: both would have the same samples.
 */
function keptApart(metric: Metric): Metric {
  return BUILT_IN.test(metric.key) ? { ...metric, key: `model_${metric.key}` } : metric;
}

/** Makes an instance's registry. */
export function createRegistry({ METRICS_MAX_SERIES, METRICS_WORKER_LABEL }: Config): Registry {
  const worker: Labels = METRICS_WORKER_LABEL ? { worker_id: Math.random().toString(16).slice(2, 10) } : {};
  let series = new Map<string, Series>();
  let dropped = 0;

  function add(id: string, create: () => Series, value: number, timeMs: number): Series | undefined {
    let found = series.get(id);
    if (found === undefined) {
      if (series.size >= METRICS_MAX_SERIES) {
        dropped++;
        return undefined;
      }
      found = create();
      series.set(id, found);
    }
    observe(found, value, timeMs);
    return found;
  }

  // The labels of a unit are the same object in every call, and the walk through maps is cheaper than a text.
  let known = new WeakMap<Labels, Map<string, Map<string, Map<number, Series>>>>();

  const recordSeconds: Registry['recordSeconds'] = (key, [name, value], { status, durationMs }, own) => {
    const byStatus = member(member(member(known, own), key), value);
    const found = byStatus.get(status);
    if (found !== undefined) {
      observe(found, durationMs, 0);
      return;
    }
    const code = String(status);
    const create = () => {
      const labels = { method: 'post', code, [name]: value, ...own, ...worker };
      return newSeries({ type: 'TIMER', key }, labels);
    };
    // Never equal to an id that seriesId() makes.
    const made = add([key, code, value, JSON.stringify(own)].join('\n'), create, durationMs, 0);
    if (made !== undefined) {
      byStatus.set(status, made);
    }
  };

  const recorded = () => ({ series: [...series.values()], dropped });

  return {
    recordMetrics(metrics, own, timeMs) {
      for (const metric of metrics) {
        const empty = newSeries(keptApart(metric), { ...own, ...worker });
        add(seriesId(empty), () => empty, Number(metric.value), timeMs);
      }
    },
    recordCall(call, own) {
      const { method, external } = call;
      recordSeconds('seldon_lambda_requests_seconds', ['method', method], call, own);
      if (external !== undefined) {
        const { service, path } = external;
        recordSeconds('seldon_api_executor_server_requests_seconds', ['service', service], call, own);
        if (path !== undefined) {
          recordSeconds('seldon_api_executor_client_requests_seconds', ['service', path], call, own);
        }
      }
    },
    recordSeconds,
    recorded,
    take() {
      if (series.size === 0 && dropped === 0) {
        return undefined;
      }
      const taken = recorded();
      series = new Map();
      known = new WeakMap();
      dropped = 0;
      return taken;
    },
  };
}

/** The map under a key of a map of maps, which is made at its first use. */
function member<K, L, V>(
  maps: { get(key: K): Map<L, V> | undefined; set(key: K, map: Map<L, V>): unknown },
  key: K,
): Map<L, V> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
