import { fromData, type NdArray } from 'seldon-lambda';
import { EMBEDDING, embed } from '../lib/arithmetic.ts';

/** Few numbers in, many 32-bit floats out: `[rows, 1]` becomes `[rows, 384]`. */
export class Embedding {
  predict(X: NdArray): NdArray {
    return fromData(embed(X.asType('float64').data), [X.shape[0] as number, EMBEDDING]);
  }
}
