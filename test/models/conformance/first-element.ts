import { NdArray } from 'seldon-lambda';
import { toNumber } from './to-number.ts';

/**
 * The first element of an array or of nested lists, of bytes their text; anything else is its own first
 * element.
 */
export function firstElement(X: unknown): unknown {
  if (X instanceof NdArray) {
    return firstElement(X.toFlat()[0]);
  }
  if (Array.isArray(X)) {
    return X.flat(Number.POSITIVE_INFINITY)[0];
  }
  return X instanceof Uint8Array ? new TextDecoder().decode(X) : X;
}

/** {@link firstElement} as a number; throws when it is none. */
export function firstNumber(X: unknown): number {
  return toNumber(firstElement(X));
}
