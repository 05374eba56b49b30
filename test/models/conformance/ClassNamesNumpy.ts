import { fromData, type Payload } from 'seldon-lambda';

/** Has its class names as an array of strings. */
export class ClassNamesNumpy {
  predict(X: Payload) {
    return X;
  }

  classNames() {
    return fromData(['x', 'y']);
  }
}
