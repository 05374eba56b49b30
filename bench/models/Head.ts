import { fromData, type NdArray } from 'seldon-lambda';

const COLUMNS = 10;

/** Answers the first ten columns: many numbers in, few out, and next to nothing computed. */
export class Head {
  predict({ data, shape: [rows = 0, columns = 0] }: NdArray<'float32'>): NdArray {
    const head = new Float32Array(rows * COLUMNS);
    for (let row = 0; row < rows; row++) {
      head.set(data.subarray(row * columns, row * columns + COLUMNS), row * COLUMNS);
    }
    return fromData(head, [rows, COLUMNS]);
  }
}
