import { badData } from '../errors.ts';

/**
 * Decodes a JSON text; its encoding, UTF-8, UTF-16 or UTF-32, shows in the first four bytes (RFC 4627,
 * section 3).
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is not text of that encoding.
 */
export function decodeText(bytes: Uint8Array): string {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) {
    return decodeUtf32(bytes, true);
  }
  if (a === 0 && b === 0 && ((c === 0xfe && d === 0xff) || (c === 0 && d !== undefined))) {
    return decodeUtf32(bytes, false);
  }
  if (a === 0xff && b === 0xfe) {
    return decode(bytes, 'utf-16le');
  }
  if (a === 0xfe && b === 0xff) {
    return decode(bytes, 'utf-16be');
  }
  if (a === 0 && b !== undefined) {
    return decode(bytes, 'utf-16be');
  }
  if (b === 0) {
    return c === 0 && d === 0 ? decodeUtf32(bytes, true) : decode(bytes, 'utf-16le');
  }
  return decode(bytes, 'utf-8');
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw badData(`the body is not ${encoding.toUpperCase()}`, error);
  }
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, littleEndian);
    if (code > 0x10ffff) {
      throw badData('the body is not UTF-32');
    }
    text += String.fromCodePoint(code);
  }
  return text;
}
