import { isBigInteger } from '../../arrays/dtype.ts';
import { fromData, type NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import type { Tensor } from './tensor.ts';

/**
 * One array of shape `[rows, columns]` whose columns are tensors of shape `[rows]` or `[rows, 1]`. The dtype
 * is `float64` if all elements are numbers, and else `object`, as it is with integers beyond 2^53.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for columns of other shapes, or of unequal length.
 */
export function toColumns(tensors: readonly Pick<Tensor, 'place'>[], arrays: readonly NdArray[]): NdArray {
  const rows = arrays[0]?.shape[0] ?? 0;
  for (const [index, { shape }] of arrays.entries()) {
    const { place } = tensors[index] as Pick<Tensor, 'place'>;
    if (shape.length === 0 || shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) {
      throw badData(`${place}: expected a column of shape (rows) or (rows,1), got (${shape})`);
    }
    if (shape[0] !== rows) {
      throw badData(`${place}: expected ${rows} rows, as in the first column, got ${shape[0]}`);
    }
  }
  const columns = arrays.map((array) => array.toFlat());
  const isNumeric = columns.every((column) => column.every(isExactNumber));
  const size = rows * columns.length;
  const data = isNumeric ? new Float64Array(size) : new Array<unknown>(size).fill(null);
  for (const [column, values] of columns.entries()) {
    for (let row = 0; row < rows; row++) {
      const value = values[row];
      data[row * columns.length + column] = isNumeric ? Number(value) : value;
    }
  }
  return fromData(data, [rows, columns.length], isNumeric ? 'float64' : 'object');
}

/** Whether a value is a number of which a float64 has all digits. */
function isExactNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'bigint' && !isBigInteger(value));
}
