/** What fits on one line of a phone and a half. */
const MAX_CHARACTERS = 56;

/**
 * JSON for people to read: what is short, or a list of plain values, such as a row of numbers, is one line.
 */
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

/** JSON text made readable, where no number loses digits by it; else as it came. */
export function prettyText(text: string, json: unknown): string {
  return JSON.stringify(json) === text ? prettyJson(json) : text;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
