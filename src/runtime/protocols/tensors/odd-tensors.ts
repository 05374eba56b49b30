/**
 * What a call needs whose tensors are more than numbers of one datatype: one lazily imported file, since a
 * request with texts has an answer with texts, mostly.
 */

export { readValues } from '../../arrays/json-values.ts';
export { tensorsOf } from './answer-tensors.ts';
