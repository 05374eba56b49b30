import { fromUtf8 } from './utf8.ts';

/** Characters of an element that an error message has at most. */
const MAX_CHARACTERS = 80;

/** An element of a request, as an error message shows it: text in quotes, lists and objects as JSON, cut. */
export function showElement(element: unknown): string {
  const text = toText(element);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}...` : text;
}

function toText(element: unknown): string {
  if (element instanceof Uint8Array) {
    const text = fromUtf8(element);
    return text === undefined ? 'bytes that are not UTF-8' : toText(text);
  }
  if (typeof element === 'string') {
    return JSON.stringify(element.slice(0, MAX_CHARACTERS + 1));
  }
  if (typeof element !== 'object' || element === null) {
    return String(element);
  }
  // JSON has no bigints.
  return JSON.stringify(element, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}
