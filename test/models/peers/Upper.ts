import { fromNested, type Payload } from 'seldon-lambda';
import { onlyArray } from './infer-request.ts';

/** Answers texts in upper case. */
export class Upper {
  predict(X: Payload) {
    const array = onlyArray(X);
    return fromNested(array.toFlat().map((text) => (text as string).toUpperCase())).reshape(array.shape);
  }
}
