import type { NdArray, Payload } from 'seldon-lambda';

/** Has every method, answers what it gets and never fails. */
export class Everything {
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

  sendFeedback(features: NdArray, _names: string[], _reward: number, _truth: NdArray, _routing?: number) {
    return features;
  }

  healthStatus() {
    return 'well';
  }
}
