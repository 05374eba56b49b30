import { DATATYPES } from './datatypes.ts';
import type { Declared } from './declared.ts';
import { fromData, type NdArray } from './ndarray.ts';
import { fittedShape, sizeOf } from './shape.ts';
import { areIntegers64, type NumberDatatype, typedNumbers } from './typed-numbers.ts';
import { wholeNumbers } from './whole-numbers.ts';

const TYPED = /^(FP32|FP64|U?INT(8|16|32))$/;

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
  if (fitted === undefined || array.dtype !== 'float64') {
    return undefined;
  }
  const numbers = array.data as Float64Array;
  if (datatype === 'INT64' || datatype === 'UINT64') {
    const { dtype } = DATATYPES[datatype];
    return areIntegers64(numbers, datatype) ? wholeNumbers(numbers, fitted, dtype) : undefined;
  }
  const data = TYPED.test(datatype) ? typedNumbers(numbers, datatype as NumberDatatype) : undefined;
  return data && fromData(data, fitted, DATATYPES[datatype].dtype);
}
