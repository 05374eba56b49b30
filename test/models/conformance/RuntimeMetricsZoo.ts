import { type Metric, SeldonResponse } from 'seldon-lambda';
import { badMetrics } from './bad-metrics.ts';

/** Answers with the metrics that the request names, good or bad. */
export class RuntimeMetricsZoo {
  predict(X: string) {
    // Most of them are not metrics, on purpose.
    return new SeldonResponse(X, { metrics: badMetrics(X) as Metric[] });
  }
}
