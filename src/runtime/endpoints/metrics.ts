import type { Endpoint } from '../instance/endpoint.ts';
import { toPrometheusText } from '../telemetry/metrics/exposition.ts';

/**
 * Answers the metrics in Prometheus' text format: those of all instances or, without a store, of this
 * instance.
 */
export const metrics: Endpoint = {
  routes: 'metrics',
  async respond({ instance, invocation }) {
    const { series, dropped } = await instance.metrics.read(invocation);
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: toPrometheusText(series, instance.metrics.labels, dropped),
    };
  },
};
