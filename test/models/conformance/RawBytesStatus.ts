/** Answers an HTTP status of its own. */
export class RawBytesStatus {
  predictRaw() {
    return { status: { code: 418 }, strData: 'x' };
  }
}
