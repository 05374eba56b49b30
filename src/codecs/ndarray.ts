import { toJsonValue } from '../json-value.ts';
import { fromNested } from '../ndarray.ts';
import { arrayKindOf, isArrayFor } from './array-kind.ts';
import type { Codec } from './codec.ts';

/** `data.ndarray`: nested lists of anything, or one plain value; a `data` without an array is an empty one. */
export const ndarray: Codec = {
  kind: 'ndarray',
  decode: ({ data }) => {
    if (data == null || arrayKindOf(data) !== 'ndarray') return undefined;
    return fromNested(data.ndarray === undefined ? [] : data.ndarray, 'objects');
  },
  encode: (payload, arrayKind) =>
    isArrayFor('ndarray', payload, arrayKind)
      ? { data: { ndarray: toJsonValue(payload.toNested(), 'data.ndarray') } }
      : undefined,
};
