/** A value as text for an error: its JSON if it has one, cut after `most` characters. Never throws. */
export function show(value: unknown, most = 80): string {
  const text = toText(value);
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** The kind of a value in two words, for values that have no text of their own. */
export function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return `a ${typeof value}`;
  }
  try {
    const { name } = value.constructor;
    return typeof name === 'string' && name !== '' ? `a ${name}` : 'an object';
  } catch {
    return 'an object';
  }
}

function toText(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number' || value === undefined) {
    return String(value);
  }
  try {
    // Cuts a long text before it becomes JSON, not after.
    return (
      JSON.stringify(typeof value === 'string' ? value.slice(0, 1000) : value, toDigits) ?? kindOf(value)
    );
  } catch {
    return kindOf(value);
  }
}

/** A bigint as text: JSON.stringify throws for one. */
function toDigits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
