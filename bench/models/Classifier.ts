import { fromData, type NdArray } from 'seldon-lambda';
import { CLASSES, classify } from '../lib/arithmetic.ts';

/** Many numbers in, few out: `[rows, 784]` becomes `[rows, 10]`. */
export class Classifier {
  predict(X: NdArray): NdArray {
    return fromData(classify(X.asType('float64').data), [X.shape[0] as number, CLASSES]);
  }
}
