/** Arguments that a function may have without risk for the stack. */
const PIECE = 2 ** 13;

/** Encodes bytes as base64: standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

/** The bytes of base64 text, in the standard or the URL-safe alphabet; undefined for any other text. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> | undefined {
  let text: string;
  try {
    text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(text.length);
  // A loop, because Uint8Array.from takes many times as long.
  for (let at = 0; at < text.length; at++) {
    bytes[at] = text.charCodeAt(at);
  }
  return bytes;
}
