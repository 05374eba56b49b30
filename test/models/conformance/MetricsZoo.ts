import { badMetrics } from './bad-metrics.ts';

/** Has the metrics that the last request named, good or bad. */
export class MetricsZoo {
  kind = 'ok';

  predict(X: string) {
    this.kind = X;
    return X;
  }

  healthStatus() {
    return 'ok';
  }

  metrics() {
    return badMetrics(this.kind);
  }
}
