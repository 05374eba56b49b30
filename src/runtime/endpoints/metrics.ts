import type { Endpoint } from '../instance/endpoint.ts';
import { toPrometheusText } from '../telemetry/metrics/exposition.ts';

/** The result is JSON, where each quote of a label takes two bytes. */
const SHARE = 0.7;
/** Prometheus accepts gzip, which makes the text twenty times smaller; the bound is for the memory. */
const COMPRESSED_SHARE = 2.5;

/**
 * Answers the metrics in Prometheus' text format: those of all instances, and of METRICS_SOURCES; or, without
 * a store, of this instance.
 */
export const metrics: Endpoint = {
  routes: 'metrics',
  async respond({ instance, invocation, request, maxResponseBytes }) {
    const { readAllMetrics } = await import('../unit/metrics-sources.ts');
    const { series, dropped } = await readAllMetrics(instance, invocation);
    const isCompressed = /\bgzip\b/i.test(request.headers['accept-encoding'] ?? '');
    const maxCharacters = maxResponseBytes * (isCompressed ? COMPRESSED_SHARE : SHARE);
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: toPrometheusText(series, instance.metrics.labels, { dropped, maxCharacters }),
    };
  },
};
