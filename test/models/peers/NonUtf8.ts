/** Answers bytes that are no UTF-8. */
export class NonUtf8 {
  predict() {
    return Uint8Array.of(0xff, 0xfe, 0);
  }
}
