/** A value as text for an error: its JSON if it has one, cut after `most` characters. Never throws. */
export function show(value: unknown, most = 80): string {
  const text = toText(value);
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** Writes a word behind its article: "an Array", "a Map", and "a URL", as most names with U are spoken. */
export function withArticle(word: string): string {
  return `${/^[aeio]/i.test(word) ? 'an' : 'a'} ${word}`;
}

/** The kind of a value in two words, for values that have no text of their own. */
export function kindOf(value: unknown): string {
  let word: string = typeof value;
  if (word === 'object') {
    try {
      const { name } = (value as object).constructor;
      word = typeof name === 'string' && name !== '' ? name : word;
    } catch {
      // It is null, or has no constructor, or one that throws.
    }
  }
  return withArticle(word);
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
