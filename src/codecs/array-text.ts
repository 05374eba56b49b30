import { stringify, toJsonNumbers, toJsonValue } from '../json-value.ts';
import type { NdArray } from '../ndarray.ts';
import { numbersToJson } from '../numbers-to-json.ts';
import { sizeOf } from '../shape.ts';

/** An instance's first large array is left to JSON.stringify, for the reason that json-arrays.ts has. */
let isFirst = true;

/** Of fewer elements JSON.stringify makes less ado. */
const MIN_ELEMENTS = 32;

/** JSON text of an array's elements as one row-major list; booleans among numbers count as 1 and 0. */
export function flatText(array: NdArray): string {
  const size = sizeOf(array.shape);
  return numbersText(array, [size]) ?? stringify(toJsonNumbers(array.toFlat()));
}

/**
 * JSON text of an array as nested lists, or a plain value.
 *
 * @param path - where it stands in the answer, for the error.
 * @throws Error for elements that JSON cannot carry.
 */
export function nestedText(array: NdArray, path: string): string {
  return numbersText(array, array.shape) ?? stringify(toJsonValue(array.toNested(), path));
}

function numbersText(array: NdArray, shape: readonly number[]): string | undefined {
  if (sizeOf(shape) < MIN_ELEMENTS) return undefined;
  if (isFirst) {
    isFirst = false;
    return undefined;
  }
  return numbersToJson(array.elements(), shape);
}
