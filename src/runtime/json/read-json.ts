import { badData } from '../errors.ts';
import { type ArrayPlaces, parseWithArrays } from './array-marks.ts';
import { decodeText } from './decode-text.ts';
import { MAX_READ_DEPTH } from './depth.ts';
import { isNumberRow } from './number-row.ts';

/** Digits of an integer, at most, as in the reference: here a longer one would silently become Infinity. */
const MAX_INTEGER_DIGITS = 4300;

/**
 * Reads a JSON document as the reference does: UTF-8, UTF-16 or UTF-32 with or without byte order mark, and
 * with bare `NaN`, `Infinity` and `-Infinity`.
 *
 * @param places - the places where a long list of numbers may become an NdArray.
 * @throws SeldonError MICROSERVICE_BAD_DATA "Can't find JSON in data".
 */
export function readJson(body: string | Uint8Array, places?: ArrayPlaces): unknown {
  const decoded = typeof body === 'string' ? body : decodeText(body);
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  return (places && parseWithArrays(text, places, parse)) ?? parse(text);
}

function parse(text: string): unknown {
  if (hasHugeInteger(text)) {
    throw badData("Can't find JSON in data");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    value = parseWithBareNumbers(text, error);
  }
  return text.length > 2 * MAX_READ_DEPTH ? checkDepth(value) : value;
}

/**
 * Checks that `value` is not nested too deep.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is nested deeper than could be written back.
 */
export function checkDepth<T>(value: T): T {
  if (isDeeper(value, MAX_READ_DEPTH)) {
    throw badData(`the JSON is nested deeper than ${MAX_READ_DEPTH} levels`);
  }
  return value;
}

/** Reads numbers that are not finite, for which Python's JSON has words and strict JSON has none. */
function parseWithBareNumbers(text: string, cause: unknown): unknown {
  // A caller cannot guess it, so it occurs in no request.
  const marker = `NaN ${Math.random()}`;
  const strict = /NaN|Infinity/.test(text) ? withoutBareNumbers(text, marker) : undefined;
  try {
    if (strict !== undefined) {
      return JSON.parse(strict, (_key, value) => (value === marker ? Number.NaN : value));
    }
  } catch {
    // The first error says more.
  }
  throw badData("Can't find JSON in data", cause);
}

/**
 * Replaces, outside of strings, NaN by the string `marker` and infinities by a number too large for a double.
 */
function withoutBareNumbers(text: string, marker: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
    }
    if (character !== 'N' && character !== 'I' && character !== '-') {
      continue;
    }
    const word = ['NaN', 'Infinity', '-Infinity'].find((candidate) => text.startsWith(candidate, at));
    if (word === undefined || !stands(text, at, word.length)) {
      continue;
    }
    parts.push(
      text.slice(from, at),
      word === 'NaN' ? JSON.stringify(marker) : word.replace('Infinity', '1e999'),
    );
    at += word.length - 1;
    from = at + 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Whether a word is a value of its own, not a part of another word or a key. */
function stands(text: string, at: number, length: number): boolean {
  return /[\s,:[]/.test(at === 0 ? ' ' : text.charAt(at - 1)) && /^[\s,\]}]?$/.test(text.charAt(at + length));
}

/** Index of the quote that ends the string beginning at `start`; the text's length when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      return at;
    }
    if (character === '\\') {
      at++;
    }
  }
  return text.length;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  if (levels === 0) {
    return true;
  }
  const list = Array.isArray(value) ? value : Object.values(value);
  return !(isNumberRow(list) && areNumbers(list)) && isAnyDeeper(list, levels - 1);
}

/** A loop: for many short rows, the contexts of closures would take longer than the numbers. */
function isAnyDeeper(list: readonly unknown[], levels: number): boolean {
  const isTable = isNumberRow(list[0]);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (isTable && levels > 0 && Array.isArray(item) && areNumbers(item)) {
      continue;
    }
    if (isDeeper(item, levels)) {
      return true;
    }
  }
  return false;
}

function areNumbers(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number') {
      return false;
    }
  }
  return true;
}

/** Looks at every 4300th character only: a longer run of digits covers one of them. */
function hasHugeInteger(text: string): boolean {
  for (let at = 0; at < text.length; at += MAX_INTEGER_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) {
      continue;
    }
    let start = at;
    let end = at;
    while (isDigit(text.charCodeAt(start - 1))) {
      start--;
    }
    while (isDigit(text.charCodeAt(end))) {
      end++;
    }
    if (end - start > MAX_INTEGER_DIGITS) {
      return hasHugeIntegerOutsideStrings(text);
    }
    at = end;
  }
  return false;
}

function hasHugeIntegerOutsideStrings(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === '"') {
      at = endOfString(text, at);
    }
    if (!isDigit(text.charCodeAt(at))) {
      continue;
    }
    const start = at;
    while (isDigit(text.charCodeAt(at))) {
      at++;
    }
    const isInteger =
      !/[.eE+]/.test(text.charAt(start - 1)) &&
      !/[.eE]/.test(text.charAt(at)) &&
      !/[eE]-/.test(text.slice(start - 2, start));
    if (at - start > MAX_INTEGER_DIGITS && isInteger) {
      return true;
    }
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
