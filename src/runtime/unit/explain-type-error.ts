import { isRecord } from '../objects.ts';
import type { Ready } from './unit.ts';

/** Texts of V8 when code takes something else for an array: its methods, its shape. */
const OF_ARRAYS = /asType|reshape|toNested|toFlat|reading '\d+'|not iterable/;

/**
 * Explains a TypeError of a method that got something else than an array, which most methods expect. The
 * error stays as it is when the class says what it takes.
 */
export function explainTypeError(error: TypeError, input: unknown, { accepts }: Ready): Error {
  const features: unknown = isRecord(input) ? input.features : undefined;
  const payloads: unknown[] = Array.isArray(features) ? features : [features];
  if (
    !OF_ARRAYS.test(error.message) ||
    accepts !== undefined ||
    features === undefined ||
    payloads.every(isArray)
  ) {
    return error;
  }
  const hint =
    "the payload is not an array; a class that takes arrays only says so: static accepts = ['data']";
  return new Error(`${error.message} (${hint})`, { cause: error });
}

function isArray(payload: unknown): boolean {
  return isRecord(payload) && 'dtype' in payload;
}
