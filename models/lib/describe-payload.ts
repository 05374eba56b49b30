import { NdArray, type Payload } from 'seldon-lambda';

/** Describes a payload for an error message: `an array of shape (2,3), dtype float64`, `a string`, ... */
export function describePayload(payload: Payload): string {
  // A list with rows of unequal length is an array of dtype object, whose shape ends at the rows.
  if (payload instanceof NdArray) {
    return `an array of shape (${payload.shape}), dtype ${payload.dtype}`;
  }
  if (payload instanceof Uint8Array) {
    return 'bytes';
  }
  return typeof payload === 'string' ? 'a string' : 'a JSON value';
}
