import type { Payload } from 'seldon-lambda';

/** Answers a list for its tags, which is wrong. */
export class TagsList {
  predict(X: Payload) {
    return X;
  }

  tags() {
    return [1, 2];
  }
}
