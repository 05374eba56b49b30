import type { Payload } from 'seldon-lambda';

/** Cannot say what it is. */
export class BadMetadata {
  predict(X: Payload) {
    return X as never;
  }

  initMetadata(): never {
    throw new Error('the registry is away');
  }
}
