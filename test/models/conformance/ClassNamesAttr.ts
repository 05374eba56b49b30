import type { Payload } from 'seldon-lambda';

/** Has its class names as a list, not as a method. */
export class ClassNamesAttr {
  readonly classNames = ['a', 'b', 'c'];

  predict(X: Payload) {
    return X;
  }
}
