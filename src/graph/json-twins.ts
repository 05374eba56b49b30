import { UserError } from '../bundle/user-error.ts';

/** An object that has been opened, with its keys so far; undefined: a list. */
type Open = Set<string> | undefined;

/**
 * Refuses keys that are there twice in one object, of which JSON.parse takes the last. Takes time in
 * proportion to the text.
 *
 * @param text - valid JSON.
 * @throws UserError naming line and column.
 */
export function refuseJsonTwins(text: string): void {
  const open: Open[] = [];
  let mayBeKey = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') {
      const end = endOfText(text, at);
      const keys = mayBeKey ? open.at(-1) : undefined;
      if (keys !== undefined) {
        addKey(keys, text, at, end);
      }
      mayBeKey = false;
      at = end - 1;
    } else if (letter === '{' || letter === '[') {
      open.push(letter === '{' ? new Set() : undefined);
      mayBeKey = true;
    } else if (letter === '}' || letter === ']') {
      open.pop();
    } else if (letter === ',') {
      mayBeKey = true;
    }
  }
}

/** The place behind a text that begins at `start`. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function addKey(keys: Set<string>, text: string, start: number, end: number): void {
  const key: string = JSON.parse(text.slice(start, end));
  if (keys.has(key)) {
    const before = text.slice(0, start).split('\n');
    const column = (before.at(-1) as string).length + 1;
    throw new UserError(`line ${before.length}, column ${column}: ${key.slice(0, 80)} is there twice`);
  }
  keys.add(key);
}
