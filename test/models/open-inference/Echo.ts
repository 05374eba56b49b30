import type { Payload } from 'seldon-lambda';

/** Answers what it got, whatever it is. */
export class Echo {
  predict(X: Payload) {
    return X as never;
  }
}
