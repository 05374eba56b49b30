import type { Payload } from 'seldon-lambda';

/** Has class names, but none. */
export class ClassNamesEmpty {
  predict(X: Payload) {
    return X;
  }

  classNames() {
    return [];
  }
}
