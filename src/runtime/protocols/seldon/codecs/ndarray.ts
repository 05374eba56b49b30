import { fromNested, NdArray } from '../../../arrays/ndarray.ts';
import { toJsonValue } from '../../../json/write-json.ts';
import { arrayKindOf, isArrayFor } from './array-kind.ts';
import { arrayText } from './array-text.ts';
import type { Codec } from './codec.ts';

/**
 * `data.ndarray`: nested lists of anything, or one plain value; a `data` without an array is an empty one.
 */
export const ndarray: Codec = {
  kind: 'ndarray',
  decode: ({ data }) => {
    if (data == null || arrayKindOf(data) !== 'ndarray') {
      return undefined;
    }
    if (data.ndarray instanceof NdArray) {
      return data.ndarray;
    }
    return fromNested(data.ndarray === undefined ? [] : data.ndarray, 'objects');
  },
  encode(payload, arrayKind) {
    if (!isArrayFor('ndarray', payload, arrayKind)) {
      return undefined;
    }
    const text = arrayText(payload, payload.shape);
    return text === undefined ? { value: toJsonValue(payload.toNested(), 'data.ndarray') } : { text };
  },
};
