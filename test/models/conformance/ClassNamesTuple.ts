import type { Payload } from 'seldon-lambda';

/** Names two classes; in Python a tuple. */
export class ClassNamesTuple {
  predict(X: Payload) {
    return X;
  }

  classNames() {
    return ['x', 'y'] as const;
  }
}
