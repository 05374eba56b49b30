import type { Payload } from 'seldon-lambda';

/** Has metrics, but none. */
export class MetricsEmpty {
  predict(X: Payload) {
    return X;
  }

  metrics() {
    return [];
  }
}
