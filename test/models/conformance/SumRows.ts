import type { Meta, Payload } from 'seldon-lambda';
import { rowSums } from './array-math.ts';

/** Answers the sum of each row. */
export class SumRows {
  predict(X: Payload, _names: string[], _meta?: Meta) {
    return rowSums(X);
  }
}
