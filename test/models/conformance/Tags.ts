import type { Payload } from 'seldon-lambda';

/** Has tags of several kinds. */
export class Tags {
  predict(X: Payload): unknown {
    return X;
  }

  tags() {
    return { model: 'Tags', n: 1, nested: { a: [1, 2.5, null] }, shared: 'static' };
  }
}
