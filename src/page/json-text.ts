/** Characters in one line: one and a half times the width of a phone. */
const MAX_CHARACTERS = 56;

/** JSON for people to read: short parts, and lists of plain values such as a row of numbers, are one line. */
export function prettyJson(value: unknown, indent = ''): string {
  if (isPlain(value)) {
    return JSON.stringify(value);
  }
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => prettyJson(item, inner));
    return value.every(isPlain) ? `[${items.join(', ')}]` : wrap('[', items, ']', indent);
  }
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
  const members = entries.map(([key, item]) => `${JSON.stringify(key)}: ${prettyJson(item, inner)}`);
  return wrap('{', members, '}', indent);
}

function wrap(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = open + parts.join(', ') + close;
  if (indent.length + line.length <= MAX_CHARACTERS && !line.includes('\n')) {
    return line;
  }
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;
}

/** JSON text made readable; unchanged where a number would lose digits. */
export function prettyText(text: string, json: unknown): string {
  return JSON.stringify(json) === text ? prettyJson(json) : text;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** The value of JSON text; undefined for a text that is not JSON. */
export function parseJson(text: string, revive?: typeof keepDigits): unknown {
  try {
    return JSON.parse(text, revive);
  } catch {
    return undefined;
  }
}

/**
 * For JSON.parse, of text to be sent on: a long number keeps its digits when it is written again. Older
 * browsers do not tell the text of a number, and round it.
 */
export function keepDigits(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  // The types of the language do not know rawJSON yet.
  return /^-?\d{16}/.test(source) ? (JSON as unknown as RawJson).rawJSON(source) : value;
}

interface RawJson {
  rawJSON(text: string): unknown;
}

/** The browser's error message for a text that is not JSON; empty for JSON. */
export function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
