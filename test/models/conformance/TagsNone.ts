import type { Payload } from 'seldon-lambda';

/** Answers null for its tags. */
export class TagsNone {
  predict(X: Payload) {
    return X;
  }

  tags() {
    return null;
  }
}
