import { readFileSync } from 'node:fs';
import { modelFile, type NdArray } from 'seldon-lambda';

/** A weighted sum; its weights are a file. */
export class Weights {
  private readonly weights: number[] = JSON.parse(readFileSync(modelFile('weights.json'), 'utf8'));

  predict(X: NdArray) {
    const { data } = X.asType('float64');
    return [this.weights.reduce((sum, weight, index) => sum + weight * (data[index] ?? 0), 0)];
  }
}
