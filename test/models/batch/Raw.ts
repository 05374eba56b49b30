const ANSWERS: Readonly<Record<string, string | Uint8Array>> = {
  text: 'two\nlines',
  bytes: Uint8Array.of(0xff, 0xfe, 0xfd),
  pretty: '{\r\n  "strData": "two\\nlines",\n  "meta": null\n}\n',
};

/** Answers by itself what its parameter says: a text, bytes, or JSON on several lines. */
export class Raw {
  private readonly kind: string;

  constructor({ kind }: { kind: string }) {
    this.kind = kind;
  }

  predictRaw(): string | Uint8Array {
    return ANSWERS[this.kind] ?? '';
  }
}
