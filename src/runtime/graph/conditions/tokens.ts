/** A part of the text of a condition. */
export interface Token {
  readonly kind: 'word' | 'name' | 'number' | 'text' | 'sign' | 'end';
  /** As it is written. */
  readonly text: string;
  /** Its first character, from 1 on. */
  readonly place: number;
}

/** A condition that cannot be read. */
export class ConditionError extends Error {}

/** Words of the language, which no path begins with. */
const WORDS = ['and', 'or', 'not', 'true', 'false', 'null'];

const TOKEN =
  /([A-Za-z_][\w-]*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(==|!=|<=|>=|[<>()[\].])/y;
const KINDS = ['name', 'number', 'text', 'sign'] as const;

/**
 * Divides the text of a condition into its parts; the last one is its end.
 *
 * @throws ConditionError for a character that has no place in one.
 */
export function tokensOf(condition: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(condition.charAt(at))) {
      at++;
    }
    const place = at + 1;
    if (at === condition.length) {
      tokens.push({ kind: 'end', text: '', place });
      return tokens;
    }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(condition);
    if (found === null) {
      throw new ConditionError(`has ${JSON.stringify(condition.charAt(at))} at character ${place}`);
    }
    const [text, ...groups] = found;
    const kind = KINDS[groups.findIndex((group) => group !== undefined)] as (typeof KINDS)[number];
    tokens.push({ kind: kind === 'name' && WORDS.includes(text) ? 'word' : kind, text, place });
    at += text.length;
  }
}
