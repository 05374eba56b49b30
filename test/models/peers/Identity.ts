import type { Meta, Payload } from 'seldon-lambda';
import { inferRequest, namedInputs } from './infer-request.ts';

/** Answers each input under its own name; a request of another protocol as it is. */
export class Identity {
  predict(X: Payload, _names: string[], meta?: Meta) {
    return inferRequest(meta).inputs.length === 0 && !isNamed(X) ? X : namedInputs(X, meta);
  }
}

function isNamed(X: Payload): boolean {
  return typeof X === 'object' && X !== null && Object.getPrototypeOf(X) === Object.prototype;
}
