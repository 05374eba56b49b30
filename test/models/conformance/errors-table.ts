import { SeldonError, SeldonNotImplementedError } from 'seldon-lambda';

/** Errors that a method may throw, by name. */
export const ERRORS: Record<string, () => Error> = {
  sme: () => new SeldonError('MICROSERVICE_BAD_DATA', 'user said no'),
  sme_422: () => new SeldonError('MY_REASON', 'unprocessable', { status: 422 }),
  sme_503: () => new SeldonError('MY_REASON', 'try later', { status: 503 }),
  sme_200: () => new SeldonError('MICROSERVICE_BAD_DATA', 'odd', { status: 200 }),
  sme_payload: () => new SeldonError('MICROSERVICE_BAD_DATA', 'with payload'),
  sme_obj: () => new SeldonError('MICROSERVICE_BAD_DATA', { why: [1, 2] }),
  exception: () => new Error('boom'),
  exception_empty: () => new Error(),
  exception_unicode: () => new Error('h\u00e9 \u2603'),
  value_error: () => new RangeError('bad value'),
  key_error: () => new Error("'missing'"),
  type_error: () => new TypeError('inner type error'),
  attribute_error: () => new TypeError('no such attribute'),
  not_implemented: () => new NotImplementedError('nope'),
  seldon_not_implemented: () => new SeldonNotImplementedError('nope'),
  http_403: () => new Error('forbidden by user'),
  zero_div: () => new RangeError('division by zero'),
  recursion: recurse,
};

/** Not the wrapper's error, though it is named nearly so. */
class NotImplementedError extends Error {
  override readonly name = 'NotImplementedError';
}

function recurse(): Error {
  return recurse();
}
