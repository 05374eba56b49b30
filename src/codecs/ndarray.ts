import { fromNested, NdArray } from '../ndarray.ts';
import { arrayKindOf, isArrayFor } from './array-kind.ts';
import { nestedText } from './array-text.ts';
import type { Codec } from './codec.ts';

/** `data.ndarray`: nested lists of anything, or one plain value; a `data` without an array is an empty one. */
export const ndarray: Codec = {
  kind: 'ndarray',
  decode: ({ data }) => {
    if (data == null || arrayKindOf(data) !== 'ndarray') return undefined;
    if (data.ndarray instanceof NdArray) return data.ndarray;
    return fromNested(data.ndarray === undefined ? [] : data.ndarray, 'objects');
  },
  encode: (payload, arrayKind) =>
    isArrayFor('ndarray', payload, arrayKind) ? nestedText(payload, 'data.ndarray') : undefined,
};
