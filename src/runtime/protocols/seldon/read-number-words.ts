import { fromNested } from '../../arrays/from-nested.ts';
import type { NdArray } from '../../arrays/ndarray.ts';
import { nest } from '../../arrays/nested-lists.ts';
import { isNumberWord } from '../../arrays/number-word.ts';

/**
 * Reads the words for numbers that are not finite, as which an answer carries them, unless the array holds
 * any other text.
 */
export function withNumbers(array: NdArray): NdArray {
  const elements = array.toFlat();
  const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';
  if (!elements.every((value) => isNumber(value) || isNumberWord(value))) {
    return array;
  }
  const numbers = elements.map((value) => (isNumberWord(value) ? Number(value) : value));
  return fromNested(nest(numbers, array.shape), 'objects');
}
