import { gauge, type Payload } from 'seldon-lambda';

/** Transforms nothing, with feature names, class names, tags and metrics. */
export class TransformerFull {
  transformInput(X: Payload) {
    return X;
  }

  transformOutput(X: Payload) {
    return X;
  }

  featureNames() {
    return ['f1', 'f2'];
  }

  classNames() {
    return ['c1', 'c2'];
  }

  tags() {
    return { transformer: 'full' };
  }

  metrics() {
    return [gauge('tgauge', 0.5)];
  }
}
