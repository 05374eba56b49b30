import { DATATYPES } from './datatypes.ts';
import type { Declared } from './declared.ts';
import { fromData, type NdArray } from './ndarray.ts';
import { fittedShape, sizeOf } from './shape.ts';
import { notInteger64, typedNumbers } from './typed-numbers.ts';
import { wholeNumbers } from './whole-numbers.ts';

/**
 * Reads the numbers of a tensor, where they mean themselves: those of a list in which all values are numbers
 * of the datatype, and which has as many of them as the shape. Undefined for anything else, which
 * `readValues` reads or refuses.
 *
 * @param array - of a list from JSON. Belongs to the result.
 */
export function readPlain(
  array: NdArray,
  { datatype, shape }: Pick<Declared, 'datatype' | 'shape'>,
): NdArray | undefined {
  const fitted = fittedShape(shape, sizeOf(array.shape));
  if (fitted === undefined || array.dtype !== 'float64' || datatype === 'BYTES') {
    return undefined;
  }
  const numbers = array.data as Float64Array;
  const { dtype } = DATATYPES[datatype];
  if (datatype !== 'INT64' && datatype !== 'UINT64') {
    const data = typedNumbers(numbers, datatype);
    return data && fromData(data, fitted, dtype);
  }
  return notInteger64(numbers, datatype) === undefined
    ? wholeNumbers(numbers, fitted, dtype as 'int64' | 'uint64')
    : undefined;
}
