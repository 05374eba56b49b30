import { badData, SeldonError } from '../errors.ts';
import { isRecord } from '../objects.ts';
import { checkDepth } from './depth.ts';
import { mayHaveLongInteger } from './long-integer.ts';

/** Digits of an integer, at most, as in the reference. */
const MAX_DIGITS = 4300;

/**
 * A value of 16 digits or more, or one of the words that Python's JSON has for numbers that are not finite.
 * A key, and a part of a longer number, do not match.
 */
const NUMBER = /(?<![^\s,:[])(?:NaN|-?Infinity|-?[1-9]\d{15,})(?=\s*(?:[,\]}]|$))/g;

/**
 * Reads a JSON text with what JSON.parse cannot read: integers beyond 2^53, which become bigints, and the
 * words NaN, Infinity and -Infinity. It takes several times as long as JSON.parse.
 *
 * @param toInteger - makes the value of such an integer from its digits; default: a bigint.
 * @throws SyntaxError when the text is not JSON.
 * @throws SeldonError MICROSERVICE_BAD_DATA for an integer of more than 4300 digits, and for a value that is
 *   nested too deep.
 */
export function parseExactly(text: string, toInteger: (digits: string) => unknown = BigInt): unknown {
  // A caller cannot guess it, so no string of the text begins with it.
  const mark = `${Math.random()} `;
  const toNumber = (found: string) => (/\d$/.test(found) ? toInteger(found) : Number(found));
  return unmark(checkDepth(JSON.parse(markNumbers(text, mark))), mark, toNumber);
}

/**
 * Reads the JSON text of a request, as {@link parseExactly} does.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA "Can't find JSON in data".
 */
export function readExactly(text: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    throw error instanceof SeldonError ? error : badData("Can't find JSON in data", error);
  }
}

/**
 * Reads a JSON text for JSON.stringify, with which Lambda writes a function's result: an integer beyond 2^53
 * is written as a number with the same digits, and on Node 20, which cannot write one, as their text, as in
 * protobuf's JSON mapping.
 */
export function parseForResult(text: string): unknown {
  const { rawJSON } = JSON as { rawJSON?: (digits: string) => unknown };
  return parseExactly(text, (digits) =>
    `${Number(digits)}` === digits ? Number(digits) : (rawJSON?.(digits) ?? digits),
  );
}

/**
 * Like JSON.parse, but an integer beyond 2^53 is a bigint. For short texts: it looks at every 16th character.
 *
 * @throws SyntaxError when the text is not JSON.
 * @throws SeldonError as {@link parseExactly} does.
 */
export function parseDigits(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayHaveLongInteger(text) ? parseExactly(text) : value;
}

/** Makes strings of the numbers: `mark` and the digits. */
function markNumbers(text: string, mark: string): string {
  const parts: string[] = [];
  let from = 0;
  let quote = text.indexOf('"');
  let outside = 0;
  for (const { 0: found, index } of text.matchAll(NUMBER)) {
    while (quote >= 0 && quote < index) {
      outside = endOfString(text, quote);
      quote = text.indexOf('"', outside);
    }
    if (index < outside || Number.isSafeInteger(Number(found))) {
      continue;
    }
    if (found.length > MAX_DIGITS + (found.startsWith('-') ? 1 : 0)) {
      throw badData("Can't find JSON in data");
    }
    parts.push(text.slice(from, index), `"${mark}${found}"`);
    from = index + found.length;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** The place behind the string that begins at `start`; the text's length when the string does not end. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = at;
    while (text.charAt(escapes - 1) === '\\') {
      escapes--;
    }
    if ((at - escapes) % 2 === 0) {
      return at + 1;
    }
  }
  return text.length;
}

/** Puts the numbers in the place of their marks. */
function unmark(value: unknown, mark: string, toNumber: (found: string) => unknown): unknown {
  if (typeof value === 'string' && value.startsWith(mark)) {
    return toNumber(value.slice(mark.length));
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      value[i] = unmark(value[i], mark, toNumber);
    }
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      value[key] = unmark(value[key], mark, toNumber);
    }
  }
  return value;
}
