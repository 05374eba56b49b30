import { fromData, type NdArray, type Payload } from 'seldon-lambda';
import { onlyArray } from './infer-request.ts';

/** The sums over the last axis, in the dtype of the input, as the output `total`. */
export class Sum {
  predict(X: Payload): unknown {
    return { total: sumsOf(onlyArray(X)) };
  }
}

/** Sums over the last axis; the dtype stays. */
export function sumsOf(X: NdArray): NdArray {
  const { data, shape } = X.asType('float64');
  const width = shape.at(-1) ?? 1;
  const sums = Array.from({ length: data.length / width }, (_, row) =>
    data.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
  );
  const all = fromData(Float64Array.from(sums), shape.slice(0, -1));
  return X.dtype === 'float32' ? all.asType('float32') : all;
}
