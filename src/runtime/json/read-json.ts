import { badData } from '../errors.ts';
import { type ArrayPlaces, parseWithArrays } from './array-marks.ts';
import { decodeText } from './decode-text.ts';
import { checkDepth, MAX_READ_DEPTH } from './depth.ts';
import { mayHaveLongInteger } from './long-integer.ts';

/**
 * Reads a JSON document as the reference does: UTF-8, UTF-16 or UTF-32 with or without byte order mark, with
 * bare `NaN`, `Infinity` and `-Infinity`, and with all digits of integers: one beyond 2^53 is a bigint.
 *
 * @param places - the places where a long list of numbers may become an NdArray.
 * @returns the value; a promise of it when it has numbers that JSON.parse does not read as they are, and when
 *   the reader of long lists is loaded.
 * @throws SeldonError MICROSERVICE_BAD_DATA "Can't find JSON in data".
 */
export function readJson(body: string | Uint8Array, places?: ArrayPlaces): unknown {
  const decoded = typeof body === 'string' ? body : decodeText(body);
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  const value = places && parseWithArrays(text, places, parse);
  return value instanceof Promise
    ? value.then((read) => read ?? parseWhole(text))
    : (value ?? parseWhole(text));
}

function parseWhole(text: string): unknown {
  const value = parse(text);
  return value === undefined ? import('./exact-numbers.ts').then((exact) => exact.readExactly(text)) : value;
}

/** Undefined where JSON.parse would round an integer, or does not know a word of Python's JSON. */
function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (/NaN|Infinity/.test(text)) {
      return undefined;
    }
    throw badData("Can't find JSON in data", error);
  }
  return isRounded(text, value) ? undefined : value;
}

/**
 * Whether JSON.parse may have rounded an integer; a plain text is found out fast.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the value is nested too deep.
 */
function isRounded(text: string, value: unknown): boolean {
  if (text.length <= 2 * MAX_READ_DEPTH) {
    return mayHaveLongInteger(text);
  }
  // The value is looked through for its depth anyway, and its numbers are read faster than their digits.
  const found = { hasBigNumber: false };
  checkDepth(value, found);
  return found.hasBigNumber;
}
