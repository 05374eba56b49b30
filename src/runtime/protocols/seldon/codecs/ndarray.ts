import { fromNested } from '../../../arrays/from-nested.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import { rowsOf } from '../../../arrays/nested-lists.ts';
import { isNumberWord } from '../../../arrays/number-word.ts';
import { toJsonValue } from '../../../json/write-json.ts';
import { encodeArray } from './array-text.ts';
import type { Codec } from './codec.ts';

/**
 * `data.ndarray`: nested lists of any values, or a single value. A `data` without an array is an empty
 * `ndarray`. Numbers that are not finite are written as words, and read as numbers among numbers.
 */
export const ndarray = {
  kind: 'ndarray',
  isNullable: true,
  decode(field = []) {
    if (field instanceof NdArray) {
      return field;
    }
    const array = fromNested(field, 'objects');
    // Text alone stays text. The type first: it takes a fraction of the time for what is no text.
    return array.dtype === 'object' &&
      rowsOf(field, array.shape.length).some((row) =>
        row.some((value) => typeof value === 'string' && isNumberWord(value)),
      )
      ? import('../read-number-words.ts').then(({ withNumbers }) => withNumbers(array))
      : array;
  },
  encode(payload) {
    if (!(payload instanceof NdArray)) {
      return undefined;
    }
    return encodeArray(payload, {
      shape: payload.shape,
      toValue: () => toJsonValue(payload.toNested(), 'data.ndarray'),
    });
  },
} satisfies Codec;
