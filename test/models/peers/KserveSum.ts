import type { Payload } from 'seldon-lambda';
import { onlyArray } from './infer-request.ts';
import { sumsOf } from './Sum.ts';

/** The sums over the last axis, as doubles. */
export class KserveSum {
  predict(X: Payload) {
    return sumsOf(onlyArray(X).asType('float64'));
  }
}
