import type { Payload } from 'seldon-lambda';

/** Names its three classes. */
export class ClassNames {
  predict(X: Payload) {
    return X;
  }

  classNames() {
    return ['setosa', 'versicolor', 'virginica'];
  }
}
