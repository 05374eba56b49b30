import type { Json } from '../../../model/model.ts';
import type { Codec } from './codec.ts';

/**
 * `strData`: a string, as it is. The reference does not check that a request's is one, and so any JSON value reaches the
 * model.
 */
export const strData = {
  kind: 'strData',
  // It was parsed from JSON.
  decode: (field: unknown) => field as Json,
  encode: (payload) => (typeof payload === 'string' ? { value: payload } : undefined),
} satisfies Codec;
