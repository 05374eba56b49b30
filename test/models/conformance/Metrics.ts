import { counter, gauge, type Payload, timer } from 'seldon-lambda';

/** Has a metric of each type. */
export class Metrics {
  predict(X: Payload) {
    return X;
  }

  metrics() {
    return [counter('mycounter', 1), gauge('mygauge', 100), timer('mytimer', 20.2)];
  }
}
