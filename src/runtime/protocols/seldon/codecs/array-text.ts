import type { NdArray } from '../../../arrays/ndarray.ts';
import { sizeOf } from '../../../arrays/shape.ts';
import { isFirstArray } from '../../../json/warm-loops.ts';
import { numbersToJson } from '../../../json/write-numbers.ts';

/** Of fewer elements JSON.stringify makes less ado. */
const MIN_ELEMENTS = 32;

/**
 * JSON text of an array of many numbers, its elements row-major as lists that are nested as `shape` has them;
 * undefined where JSON.stringify is to write it.
 */
export function arrayText(array: NdArray, shape: readonly number[]): string | undefined {
  if (sizeOf(shape) < MIN_ELEMENTS || isFirstArray('write')) {
    return undefined;
  }
  return numbersToJson(array.elements(), shape);
}
