import type { Payload } from 'seldon-lambda';

/** Answers null for its class names. */
export class ClassNamesNone {
  predict(X: Payload) {
    return X;
  }

  classNames() {
    return null;
  }
}
