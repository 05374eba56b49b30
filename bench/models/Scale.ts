import { fromData, type NdArray } from 'seldon-lambda';
import { scale } from '../lib/arithmetic.ts';

/** Computes on typed data: a Float64Array in, a Float64Array of the same shape out. */
export class Scale {
  predict(X: NdArray): NdArray {
    return fromData(scale(X.asType('float64').data), X.shape);
  }
}
