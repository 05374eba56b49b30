import { toJsonValue } from '../../../json/write-json.ts';
import type { Json } from '../../../model/model.ts';
import { isPlainObject } from '../../../objects.ts';
import type { Codec } from './codec.ts';

/** `jsonData`: any JSON value, including null. An object that a model returns is answered as `jsonData`. */
export const jsonData = {
  kind: 'jsonData',
  isNullable: true,
  // The field was parsed from JSON.
  decode: (field: unknown) => field as Json,
  encode: (payload) => (isPlainObject(payload) ? { value: toJsonValue(payload, 'jsonData') } : undefined),
} satisfies Codec;
