import { parseDigits, parseExactly } from '../runtime/json/exact-numbers.ts';

/**
 * The JSON of an answer; an integer beyond 2^53 is a bigint. Bare NaN and Infinity are read, too: other
 * servers write them.
 *
 * @returns undefined for a text that is not JSON.
 */
export function parseJson(text: string): unknown {
  for (const parse of [parseDigits, parseExactly]) {
    try {
      return parse(text);
    } catch {
      if (!/NaN|Infinity/.test(text)) {
        break;
      }
    }
  }
  return undefined;
}
