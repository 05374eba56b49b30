import type { Json } from 'seldon-lambda';

/** Takes a text, or a JSON value. */
export class TextOrJson {
  static accepts = ['strData', 'jsonData'] as const;

  predict(X: Json) {
    return typeof X === 'string' ? `${X}, a string` : `${JSON.stringify(X)}, an object`;
  }
}
