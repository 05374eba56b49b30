import { counter, type Payload } from 'seldon-lambda';

/** Answers the very same list of metrics every time. */
export class MetricsShared {
  readonly shared = [counter('shared_counter', 1, { colour: 'red' })];

  predict(X: Payload) {
    return X;
  }

  transformInput(X: Payload) {
    return X;
  }

  metrics() {
    return this.shared;
  }
}
