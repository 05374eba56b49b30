import { counter, type Payload, timer } from 'seldon-lambda';

/** Has metrics on every endpoint. */
export class MetricsAll {
  predict(X: Payload) {
    return X;
  }

  transformInput(X: Payload) {
    return X;
  }

  transformOutput(X: Payload) {
    return X;
  }

  route() {
    return 0;
  }

  aggregate(Xs: Payload[]) {
    return Xs[0];
  }

  sendFeedback() {
    return null;
  }

  healthStatus() {
    return 'fine';
  }

  metrics() {
    return [counter('calls', 1), timer('lat', 5)];
  }
}
