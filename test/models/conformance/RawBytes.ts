import type { SeldonMessage } from 'seldon-lambda';

/** Answers in the form it is asked: bytes with bytes, text with text, an object with its keys. */
export class RawBytes {
  predictRaw(message: SeldonMessage | Uint8Array | string) {
    if (message instanceof Uint8Array) {
      return Buffer.concat([Buffer.from('bytes:'), message]);
    }
    if (typeof message === 'string') {
      return `text:${message}`;
    }
    const keys = Object.keys(message).sort();
    return `{"dict": [${keys.map((key) => JSON.stringify(key)).join(', ')}]}`;
  }
}
