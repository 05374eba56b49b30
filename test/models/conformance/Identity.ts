import type { Payload } from 'seldon-lambda';

/** Answers what it gets. */
export class Identity {
  predict(X: Payload) {
    return X;
  }
}
