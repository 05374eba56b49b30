/** Takes a text. */
export class StrData {
  static accepts = ['strData'] as const;

  predict(X: string) {
    return `${typeof X} ${X}`;
  }
}
