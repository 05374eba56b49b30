import { type Config, metricsUrl, usableConfig } from '../config.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { Invocation } from '../invocation.ts';
import { toPrometheusText } from '../telemetry/metrics/exposition.ts';
import { metricsStore } from '../telemetry/metrics/flush.ts';
import { metricLabels } from '../telemetry/metrics/labels.ts';
import { type Recorded, recorded } from '../telemetry/metrics/registry.ts';

/**
 * Prometheus text of what all instances have counted; PREDICTIVE_UNIT_METRICS_ENDPOINT is a further path of
 * it.
 */
export const metrics: Endpoint = {
  routes: {
    '/metrics': ['GET'],
    [usableConfig()?.PREDICTIVE_UNIT_METRICS_ENDPOINT ?? '/prometheus']: ['GET'],
  },
  respond: async (_request, config, invocation) => {
    const { series, dropped } = await everything(config, invocation);
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: toPrometheusText(series, metricLabels(config), dropped),
    };
  },
};

/** What is in the store; without one, what this instance has counted. */
async function everything(config: Config, invocation: Invocation): Promise<Recorded> {
  if (metricsUrl(config) === undefined) {
    return recorded();
  }
  const { readMetrics } = await metricsStore();
  return readMetrics(config, invocation);
}
