import type { Json } from '../../../model/model.ts';
import type { Codec } from './codec.ts';

/**
 * `strData`: a string, as it is. The reference does not check that a request's is one, and so it reaches the
 * model.
 */
export const strData: Codec = {
  kind: 'strData',
  decode: ({ data, jsonData, strData }) =>
    data == null && jsonData === undefined && strData != null ? (strData as Json) : undefined,
  encode: (payload) => (typeof payload === 'string' ? { value: payload } : undefined),
};
