import { type Config, metricsUrl } from '../../config.ts';
import type { Invocation } from '../../invocation.ts';
import type { Log } from '../../log.ts';
import type { Metric } from '../../model/message.ts';
import { createOnce } from '../../once.ts';
import type { Store } from '../../stores/store.ts';
import { createFlusher } from './flush.ts';
import { createRegistry, type Ended, type FinishedCall, type Recorded } from './registry.ts';
import type { SharedMetrics } from './shared-metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** The metrics of an instance and, with a store, of all instances. */
export interface Metrics {
  /** The labels of the instance's first unit. Series of other units carry the labels that differ. */
  readonly labels: Labels;
  /**
   * Records a call and its metrics.
   *
   * @param labels - the labels of the unit that was called.
   */
  record(call: FinishedCall, metrics: readonly Metric[], labels: Labels, timeMs: number): void;
  /**
   * Counts a call and its duration in the histogram `key`, with one label in addition to those of the unit.
   */
  recordSeconds(
    key: string,
    label: readonly [name: string, value: string],
    call: Ended,
    labels: Labels,
  ): void;
  /** Adds the recorded metrics to the store when a flush is due; does not fail. */
  flushIfDue(invocation: Invocation): Promise<void> | undefined;
  /** Reads the metrics in the store; without a store, those of this instance. */
  read(invocation: Invocation): Promise<Recorded>;
}

/** The part of an instance that its metrics use. */
export interface MetricsHost {
  readonly config: Config;
  readonly log: Log;
  openStore(url: string, variable: string): Promise<Store>;
}

/** Makes an instance's metrics. `labels`: those of its first unit. */
export function createMetrics(host: MetricsHost, labels: Labels): Metrics {
  const registry = createRegistry(host.config);
  const shared = createOnce<SharedMetrics>();
  // Imported here, so that its code is loaded only with a store.
  const openShared = () =>
    shared(async () => {
      const { createSharedMetrics } = await import('../later.chunk.ts');
      return createSharedMetrics(host, registry);
    });
  // Made once for each unit, whose labels are the same object in every call.
  const known = new WeakMap<Labels, Labels>();
  const ownOf = (ofUnit: Labels): Labels => {
    let own = known.get(ofUnit);
    if (own === undefined) {
      own = difference(ofUnit, labels);
      known.set(ofUnit, own);
    }
    return own;
  };
  const { flushIfDue } = createFlusher(host, async (invocation) => (await openShared()).flush(invocation));
  return {
    labels,
    record(call, metrics, ofUnit, timeMs) {
      const own = ownOf(ofUnit);
      if (metrics.length > 0) {
        registry.recordMetrics(metrics, { method: call.method, ...own }, timeMs);
      }
      registry.recordCall(call, own);
    },
    recordSeconds: (key, label, call, ofUnit) => registry.recordSeconds(key, label, call, ownOf(ofUnit)),
    flushIfDue,
    async read(invocation) {
      return metricsUrl(host.config) === undefined
        ? registry.recorded()
        : (await openShared()).read(invocation);
    },
  };
}

const NONE: Labels = {};

/** The labels that differ from the common ones; empty for the instance's first unit. */
function difference(labels: Labels, common: Labels): Labels {
  if (labels === common) {
    return NONE;
  }
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => common[name] !== value));
}
