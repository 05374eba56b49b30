import { parseDigits, parseExactly } from '../runtime/json/exact-numbers.ts';

/**
 * The JSON of an answer; an integer beyond 2^53 is a bigint. Bare NaN and Infinity are read, too: other
 * servers write them.
 *
 * @returns undefined for a text that is not JSON.
 */
export function parseJson(text: string): unknown {
  const value = attempt(parseDigits, text);
  return value === undefined && /NaN|Infinity/.test(text) ? attempt(parseExactly, text) : value;
}

function attempt(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
