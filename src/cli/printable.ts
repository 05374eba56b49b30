/**
 * A text with words of a host or of a file, as a terminal may show it: control characters, which could move
 * the cursor or hide what stands above, are escaped as in JSON. Ends of lines and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(
    /(?![\n\t])\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
