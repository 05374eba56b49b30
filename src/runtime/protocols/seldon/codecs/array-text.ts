import type { NdArray } from '../../../arrays/ndarray.ts';
import { sizeOf } from '../../../arrays/shape.ts';
import { isFirstArray } from '../../../json/warm-loops.ts';
import { numbersToJson } from '../../../json/write-numbers.ts';

/** With fewer elements, JSON.stringify is faster. */
const MIN_ELEMENTS = 32;

/**
 * Writes an array of many numbers as JSON text, row-major, in lists that are nested as `shape` says.
 * Undefined when JSON.stringify should write it.
 */
export function arrayText(array: NdArray, shape: readonly number[]): string | undefined {
  if (sizeOf(shape) < MIN_ELEMENTS || isFirstArray('write')) {
    return undefined;
  }
  return numbersToJson(array.elements(), shape);
}
