import type { Payload } from 'seldon-lambda';

/** Takes texts and bytes only. */
export class TextOnly {
  static accepts = ['strData', 'binData'] as const;

  predict(X: Payload) {
    return typeof X === 'string' ? X.toUpperCase() : Uint8Array.from(X as Uint8Array).reverse();
  }
}
