import type { Payload } from 'seldon-lambda';

/** Answers what it gets; the class that a new project starts from. */
export class MyModel {
  predict(X: Payload, _names?: string[]) {
    return X;
  }
}
