import { badData } from './errors.ts';

/** The reference reads JSON with a recursion limit near this; beyond it a value could not be written back either. */
const MAX_DEPTH = 900;
/** The reference refuses integers of more digits; here they would silently become Infinity. */
const MAX_INTEGER_DIGITS = 4300;

/** A JSON string, without backtracking on long ones. */
const STRING = String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"`;

/**
 * A JSON document as the reference reads it: UTF-8, UTF-16 or UTF-32 with or without byte order mark, and with bare
 * `NaN`, `Infinity` and `-Infinity`.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA "Can't find JSON in data".
 */
export function readJson(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : decodeText(body);
  return parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
}

function parse(text: string): unknown {
  if (hasHugeInteger(text)) throw badData("Can't find JSON in data");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    value = parseWithBareNumbers(text, error);
  }
  if (text.length > 2 * MAX_DEPTH && isDeeper(value, MAX_DEPTH)) {
    throw badData(`the JSON is nested deeper than ${MAX_DEPTH} levels`);
  }
  return value;
}

/** Strict JSON has no word for numbers that are not finite; Python's has. */
function parseWithBareNumbers(text: string, cause: unknown): unknown {
  if (!/NaN|Infinity/.test(text)) throw badData("Can't find JSON in data", cause);
  let marker = 'NaN';
  while (text.includes(`"${marker}"`)) marker += '.';
  const strict = text.replace(new RegExp(`${STRING}|-?Infinity|NaN`, 'g'), (token) => {
    if (token === 'NaN') return `"${marker}"`;
    return token.startsWith('"') ? token : token.replace('Infinity', '1e999');
  });
  try {
    return JSON.parse(strict, (_key, value) => (value === marker ? Number.NaN : value));
  } catch {
    throw badData("Can't find JSON in data", cause);
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] === 'object' && isDeeper(value[i], levels - 1)) return true;
    }
    return false;
  }
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Looks at every 4300th character only: a longer run of digits covers one of them. */
function hasHugeInteger(text: string): boolean {
  for (let at = 0; at < text.length; at += MAX_INTEGER_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let start = at;
    let end = at;
    while (isDigit(text.charCodeAt(start - 1))) start--;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end - start > MAX_INTEGER_DIGITS) {
      const withoutStrings = text.replace(new RegExp(STRING, 'g'), '""');
      return new RegExp(`(?<![.\\d]|[eE][+-]?)\\d{${MAX_INTEGER_DIGITS + 1},}(?![.\\deE])`).test(
        withoutStrings,
      );
    }
    at = end;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** JSON's encodings are told apart by their first four bytes (RFC 4627, section 3). */
function decodeText(bytes: Uint8Array): string {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return decodeUtf32(bytes, true);
  if (a === 0 && b === 0 && ((c === 0xfe && d === 0xff) || (c === 0 && d !== undefined)))
    return decodeUtf32(bytes, false);
  if (a === 0xff && b === 0xfe) return decode(bytes, 'utf-16le');
  if (a === 0xfe && b === 0xff) return decode(bytes, 'utf-16be');
  if (a === 0 && b !== undefined) return decode(bytes, 'utf-16be');
  if (b === 0) return c === 0 && d === 0 ? decodeUtf32(bytes, true) : decode(bytes, 'utf-16le');
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
    if (code > 0x10ffff) throw badData('the body is not UTF-32');
    text += String.fromCodePoint(code);
  }
  return text;
}
