import type { Payload } from 'seldon-lambda';

/** Answers what it gets. */
export class Plain {
  predict(X: Payload) {
    return X;
  }
}
