import { fromData, type NdArray } from 'seldon-lambda';
import { softmax } from '../lib/arithmetic.ts';

/** Probabilities of classes: `[rows, classes]` of scores becomes the same shape. */
export class Softmax {
  predict(X: NdArray): NdArray {
    return fromData(softmax(X.asType('float64').data, X.shape[1] as number), X.shape);
  }
}
