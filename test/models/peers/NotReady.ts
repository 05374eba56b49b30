import type { Payload } from 'seldon-lambda';

/** Cannot be loaded. */
export class NotReady {
  load(): never {
    throw new Error('load() said no');
  }

  predict(X: Payload) {
    return X;
  }
}
