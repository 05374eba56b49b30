/**
 * Sets a member of an object in JSON text, and leaves every other letter as it is. Objects on the way are
 * made where they are missing, or are null.
 *
 * @param path - the names of the members, from the outermost object on.
 * @param value - JSON text.
 * @returns undefined when the text, or what stands on the way, is not an object.
 */
export function setMember(text: string, path: readonly string[], value: string): string | undefined {
  const start = skipSpace(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
  const edit = text[start] === '{' ? editOf(text, start, path, value) : undefined;
  return edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

/**
 * Gives a member of the outermost object another name, and leaves every other letter as it is; all of that
 * name, if it is there more than once.
 *
 * @returns undefined when the text is not an object, or has no such member.
 */
export function renameMember(text: string, name: string, newName: string): string | undefined {
  const start = skipSpace(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
  const found = text[start] === '{' ? findMember(text, start, name) : undefined;
  if (found === undefined || found.keys.length === 0) {
    return undefined;
  }
  let renamed = '';
  let from = 0;
  for (const { start: key, end } of found.keys) {
    renamed += text.slice(from, key) + JSON.stringify(newName);
    from = end;
  }
  return renamed + text.slice(from);
}

const BYTE_ORDER_MARK = 0xfeff;

/** Replaces a part of a text. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edit in the object whose brace is at `open`. */
function editOf(text: string, open: number, path: readonly string[], value: string): Edit | undefined {
  const [name = '', ...rest] = path;
  const found = findMember(text, open, name);
  if (found === undefined) {
    return undefined;
  }
  const { start, end, isEmpty } = found;
  if (start === undefined) {
    const nested = rest.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
    return { start: end, end, text: `${isEmpty ? '' : ','}${JSON.stringify(name)}:${nested}` };
  }
  if (rest.length === 0) {
    return { start, end, text: value };
  }
  if (text[start] === '{') {
    return editOf(text, start, rest, value);
  }
  return text.startsWith('null', start)
    ? { start, end, text: rest.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value) }
    : undefined;
}

/**
 * Where the value of a member stands. Of several members with one name the last one counts, as for
 * JSON.parse. Without one, `start` is undefined, and `end` the place of the closing brace.
 */
interface Place {
  readonly start: number | undefined;
  readonly end: number;
  readonly isEmpty: boolean;
  /** Where its names stand, with their quotes. */
  readonly keys: readonly { readonly start: number; readonly end: number }[];
}

function findMember(text: string, open: number, name: string): Place | undefined {
  let found: { start: number; end: number } | undefined;
  const keys: { start: number; end: number }[] = [];
  let at = skipSpace(text, open + 1);
  if (text[at] === '}') {
    return { start: undefined, end: at, isEmpty: true, keys };
  }
  for (;;) {
    const keyEnd = text[at] === '"' ? skipString(text, at) : undefined;
    if (keyEnd === undefined) {
      return undefined;
    }
    const key = text.slice(at, keyEnd);
    const keyStart = at;
    at = skipSpace(text, keyEnd);
    if (text[at] !== ':') {
      return undefined;
    }
    const start = skipSpace(text, at + 1);
    const end = skipValue(text, start);
    if (end === undefined) {
      return undefined;
    }
    if (isName(key, name)) {
      found = { start, end };
      keys.push({ start: keyStart, end: keyEnd });
    }
    at = skipSpace(text, end);
    if (text[at] === '}') {
      return { start: undefined, end: at, ...found, isEmpty: false, keys };
    }
    if (text[at] !== ',') {
      return undefined;
    }
    at = skipSpace(text, at + 1);
  }
}

/** Whether a key, with its quotes, is `name`; a key may have escapes. */
function isName(key: string, name: string): boolean {
  if (!key.includes('\\')) {
    return key.length === name.length + 2 && key.startsWith(name, 1);
  }
  try {
    return JSON.parse(key) === name;
  } catch {
    return false;
  }
}

const SPACE = /[ \t\r\n]*/y;

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

/** The place behind the string whose quote is at `at`. */
function skipString(text: string, at: number): number | undefined {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') {
      escapes++;
    }
    if (escapes % 2 === 0) {
      return end + 1;
    }
  }
  return undefined;
}

/** The place behind a number or a word. */
const SCALAR = /[^\s,[\]{}":]+/y;

/** The place behind the value that begins at `at`. Numbers and words are not checked. */
function skipValue(text: string, at: number): number | undefined {
  if (text[at] === '"') {
    return skipString(text, at);
  }
  if (text[at] !== '{' && text[at] !== '[') {
    SCALAR.lastIndex = at;
    return SCALAR.test(text) ? SCALAR.lastIndex : undefined;
  }
  const marks = /["[\]{}]/g;
  marks.lastIndex = at;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [character] = mark;
    if (character === '"') {
      const end = skipString(text, mark.index);
      if (end === undefined) {
        return undefined;
      }
      marks.lastIndex = end;
      continue;
    }
    depth += character === '[' || character === '{' ? 1 : -1;
    if (depth === 0) {
      return mark.index + 1;
    }
  }
  return undefined;
}
