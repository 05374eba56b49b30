import type { Payload } from 'seldon-lambda';

/** Answers what it gets, with nothing to load. */
export class NoLoad {
  predict(X: Payload) {
    return X;
  }
}
