import type { Payload } from 'seldon-lambda';

/** Has tags, but none. */
export class TagsEmpty {
  predict(X: Payload) {
    return X;
  }

  tags() {
    return {};
  }
}
