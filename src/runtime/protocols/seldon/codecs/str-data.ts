import type { Json } from '../../../model/model.ts';
import type { Codec } from './codec.ts';

/**
 * `strData`: a string, unchanged. As in the reference, a request's `strData` is not checked, so any JSON
 * value in it reaches the model.
 */
export const strData = {
  kind: 'strData',
  // The field was parsed from JSON.
  decode: (field: unknown) => field as Json,
  encode: (payload) => (typeof payload === 'string' ? { value: payload } : undefined),
} satisfies Codec;
