const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The members of an object in JSON, each as its text: so numbers keep all their digits.
 *
 * @param text - JSON. @returns undefined when it is no object.
 */
export function membersOf(text: string): Map<string, string> | undefined {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_OBJECT) {
    return undefined;
  }
  const members = new Map<string, string>();
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = endOfString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    at = skipSpace(text, nameEnd);
    const start = skipSpace(text, text.charCodeAt(at) === COLON ? at + 1 : at);
    const end = endOfValue(text, start);
    members.set(name, text.slice(start, end));
    at = skipSpace(text, end);
    at = text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : text.length;
  }
  return members;
}

/**
 * The elements of a list in JSON, each as its text.
 *
 * @param text - JSON. @returns undefined when it is no list.
 */
export function elementsOf(text: string): string[] | undefined {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_LIST) {
    return undefined;
  }
  const elements: string[] = [];
  at = skipSpace(text, at + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_LIST) {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    at = text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : text.length;
  }
  return elements;
}

/** An object in JSON of members in JSON. */
export function toObject(members: Iterable<readonly [name: string, text: string]>): string {
  const parts: string[] = [];
  for (const [name, text] of members) {
    parts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** JSON in one line: a line break in it can stand between its parts only. */
export function toOneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(/[\r\n]+[ \t]*/g, ' ').trim() : json;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code <= 0x20; code = text.charCodeAt(at)) {
    at++;
  }
  return at;
}

/** The place behind a value. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) {
    return endOfString(text, start);
  }
  const isNested = first === OPEN_LIST || first === OPEN_OBJECT;
  return isNested ? endOfNested(text, start) : endOfScalar(text, start);
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth++;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth--;
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return text.length;
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT || code <= 0x20) {
      break;
    }
    at++;
  }
  return at;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) {
      slashes++;
    }
    if (slashes % 2 === 0) {
      return end + 1;
    }
  }
  return text.length;
}
