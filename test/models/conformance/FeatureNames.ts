import type { Payload } from 'seldon-lambda';

/** Names its features, but no classes. */
export class FeatureNames {
  predict(X: Payload) {
    return X;
  }

  featureNames() {
    return ['f1', 'f2'];
  }
}
