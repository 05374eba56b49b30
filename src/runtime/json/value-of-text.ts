import { decodeText } from './decode-text.ts';
import { mayHaveLongInteger } from './long-integer.ts';

/**
 * Reads a JSON text of any size as plain values: with integers beyond 2^53 as bigints, and with the words of
 * Python's JSON for numbers that are not finite.
 *
 * @throws Error when the text is not JSON.
 */
export async function valueOfText(given: string | Uint8Array): Promise<unknown> {
  const text = typeof given === 'string' ? given : decodeText(given);
  if (!mayHaveLongInteger(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // It may have such a word.
    }
  }
  return (await import('./exact-numbers.ts')).parseExactly(text);
}
