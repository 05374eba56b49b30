import { gauge } from 'seldon-lambda';
import { MetricsRuntime } from './MetricsRuntime.ts';

/** Has metrics of its own and metrics of the answer. */
export class MetricsBoth extends MetricsRuntime {
  metrics() {
    return [gauge('static_gauge', 1)];
  }
}
