/** Bytes of base64 text in the standard or the URL-safe alphabet, padded; undefined when it is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  // Buffer skips what is no base64, so every foreign character shows in the length. No regular expression: 1
  // MB takes one longer than the decoding. Of other characters than ASCII it would take the lower half.
  const isAscii = Buffer.byteLength(text) === text.length;
  return isAscii && text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding
    ? bytes
    : undefined;
}

/** Base64 text of bytes: standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
