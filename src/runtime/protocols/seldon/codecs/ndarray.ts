import { fromNested, NdArray } from '../../../arrays/ndarray.ts';
import { toJsonValue } from '../../../json/write-json.ts';
import { arrayText } from './array-text.ts';
import type { Codec } from './codec.ts';

/**
 * `data.ndarray`: nested lists of any values, or a single value. A `data` without an array is an empty
 * `ndarray`.
 */
export const ndarray = {
  kind: 'ndarray',
  isNullable: true,
  decode(field) {
    if (field instanceof NdArray) {
      return field;
    }
    return fromNested(field === undefined ? [] : field, 'objects');
  },
  encode(payload) {
    if (!(payload instanceof NdArray)) {
      return undefined;
    }
    const text = arrayText(payload, payload.shape);
    return text === undefined ? { value: toJsonValue(payload.toNested(), 'data.ndarray') } : { text };
  },
} satisfies Codec;
