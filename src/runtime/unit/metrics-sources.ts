import { type Config, metricsUrl } from '../config.ts';
import type { Invocation } from '../invocation.ts';
import { type MetricsSource, readMetricsConfig } from '../metrics-config.ts';
import { createMetrics, type Metrics, type MetricsHost } from '../telemetry/metrics/metrics.ts';
import type { Recorded } from '../telemetry/metrics/registry.ts';
import { unitLabels } from './labels.ts';

/** The instance whose /metrics is asked for. */
interface Host extends MetricsHost {
  readonly metrics: Metrics;
}

/**
 * Reads the metrics of an instance's own unit, and of METRICS_SOURCES, whose series have all their labels.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for METRICS_SOURCES that cannot be read.
 */
export async function readAllMetrics(host: Host, invocation: Invocation): Promise<Recorded> {
  const { config, mistake } = readMetricsConfig();
  if (mistake !== undefined) {
    throw mistake;
  }
  // Without a store, nobody knows what others have counted.
  const sources = metricsUrl(host.config) === undefined ? [] : config.METRICS_SOURCES;
  const all = await Promise.all([
    host.metrics.read(invocation),
    ...sources.map((source) => readSource(source, host, invocation)),
  ]);
  return {
    series: all.flatMap(({ series }) => series),
    dropped: all.reduce((sum, { dropped }) => sum + dropped, 0),
  };
}

async function readSource(source: MetricsSource, host: Host, invocation: Invocation): Promise<Recorded> {
  const own = Object.entries(source).map(([name, text]) => [name, text === '' ? undefined : text]);
  const config: Config = { ...host.config, ...Object.fromEntries(own) };
  const { PREDICTIVE_UNIT_ID: id, PREDICTIVE_UNIT_IMAGE: image } = config;
  const labels = unitLabels({ id, image }, config);
  const { series, dropped } = await createMetrics({ ...host, config }, labels).read(invocation);
  return { series: series.map((each) => ({ ...each, labels: { ...labels, ...each.labels } })), dropped };
}
