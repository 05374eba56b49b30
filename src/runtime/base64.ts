import { longText } from './long-text.ts';

/**
 * Decodes base64 text in the standard or the URL-safe alphabet; undefined when it is neither. Line breaks are
 * skipped, as MIME puts them in, and the padding may be left out.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  // Buffer skips characters that are not base64, so each of them shows in the length. A regular expression
  // would take longer for 1 MB than the decoding. Of characters beyond ASCII, Buffer would take the lower
  // byte.
  const isAscii = Buffer.byteLength(text) === text.length;
  if (isAscii && text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding) {
    return bytes;
  }
  const joined = text.replace(/[\r\n]+/g, '');
  const padded = joined.endsWith('=') ? joined : joined.padEnd(Math.ceil(joined.length / 4) * 4, '=');
  return padded === text ? undefined : fromBase64(padded);
}

/** Encodes bytes as base64: standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  return longText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'base64');
}
