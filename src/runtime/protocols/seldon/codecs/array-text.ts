import type { NdArray } from '../../../arrays/ndarray.ts';
import { sizeOf } from '../../../arrays/shape.ts';
import { numbersToJson } from '../../../json/write-numbers.ts';

/** Of fewer elements JSON.stringify makes less ado. */
const MIN_ELEMENTS = 32;

/** An instance's first large array is left to JSON.stringify, for the reason that array-marks.ts has. */
let isFirst = true;

/**
 * JSON text of an array of many numbers, its elements row-major as lists that are nested as `shape` has them;
 * undefined where JSON.stringify is to write it.
 */
export function arrayText(array: NdArray, shape: readonly number[]): string | undefined {
  if (sizeOf(shape) < MIN_ELEMENTS) {
    return undefined;
  }
  if (isFirst) {
    isFirst = false;
    return undefined;
  }
  return numbersToJson(array.elements(), shape);
}
