import { ConditionError, type Token, tokensOf } from './tokens.ts';
import { COMPARISONS, type Step, valueAt } from './values.ts';

/** Whether a condition holds for a message: a value of JSON. */
export type Condition = (message: unknown) => boolean;

type Read = (message: unknown) => unknown;

/** How deep parentheses and `not` may lie in each other. */
const MAX_LEVELS = 50;

/**
 * Reads a condition on a message, such as `data.ndarray[0][2] > 0.5 and meta.tags.country == "DE"`.
 *
 * A path begins at the message; `["any name"]` stands for a member whose name is no word. A value beside it
 * is a number, a text, `true`, `false` or `null`. A path alone holds if there is something that is neither
 * null nor false. What is not there is equal to null; lists and objects are equal to nothing; and only two
 * numbers, or two texts, have an order. Comparisons bind closest, then `not`, `and`, `or`.
 *
 * @throws ConditionError that says what is wrong and where, for a text that is no condition.
 */
export function readCondition(text: string): Condition {
  const parser = new Parser(tokensOf(text));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #levels = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#next.kind !== 'end') {
      this.#refuse('and, or, or its end');
    }
    return condition;
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #or(): Condition {
    const all = [this.#and()];
    while (this.#takes('or')) {
      all.push(this.#and());
    }
    return all.length === 1 ? (all[0] as Condition) : (message) => all.some((each) => each(message));
  }

  #and(): Condition {
    const all = [this.#not()];
    while (this.#takes('and')) {
      all.push(this.#not());
    }
    return all.length === 1 ? (all[0] as Condition) : (message) => all.every((each) => each(message));
  }

  #not(): Condition {
    if (!this.#takes('not')) {
      return this.#comparison();
    }
    const negated = this.#deeper(() => this.#not());
    return (message) => !negated(message);
  }

  #comparison(): Condition {
    if (this.#takes('(')) {
      const inner = this.#deeper(() => this.#or());
      this.#expect(')');
      return inner;
    }
    const left = this.#operand();
    const compare = COMPARISONS[this.#next.text];
    if (this.#next.kind !== 'sign' || compare === undefined) {
      return (message) => {
        const value = left(message);
        return value != null && value !== false;
      };
    }
    this.#at++;
    const right = this.#operand();
    return (message) => compare(left(message), right(message));
  }

  #operand(): Read {
    const { kind, text } = this.#next;
    if (kind === 'name') {
      const path = this.#path();
      return (message) => valueAt(message, path);
    }
    const value = this.#literal(kind, text);
    this.#at++;
    return () => value;
  }

  #literal(kind: Token['kind'], text: string): unknown {
    switch (kind) {
      case 'number':
        return /^-?\d{16,}$/.test(text) ? BigInt(text) : Number(text);
      case 'text':
        return this.#text();
      case 'word':
        if (text === 'true' || text === 'false') {
          return text === 'true';
        }
        if (text === 'null') {
          return null;
        }
    }
    return this.#refuse('a path, a number, a text, true, false or null');
  }

  #path(): Step[] {
    const path: Step[] = [this.#next.text];
    this.#at++;
    for (;;) {
      if (this.#takes('.')) {
        // A member may have the name of a word.
        if (this.#next.kind !== 'name' && this.#next.kind !== 'word') {
          this.#refuse('the name of a member');
        }
        path.push(this.#next.text);
        this.#at++;
      } else if (this.#takes('[')) {
        path.push(this.#index());
        this.#at++;
        this.#expect(']');
      } else {
        return path;
      }
    }
  }

  #index(): Step {
    const { kind, text } = this.#next;
    if (kind === 'text') {
      return this.#text();
    }
    return kind === 'number' && /^-?\d{1,9}$/.test(text)
      ? Number(text)
      : this.#refuse('the place of an item, or a name in quotes');
  }

  /** A text without its quotes. */
  #text(): string {
    const { text } = this.#next;
    if (text.startsWith("'")) {
      return text.slice(1, -1).replace(/\\(.)/gs, '$1');
    }
    try {
      return JSON.parse(text);
    } catch {
      return this.#refuse('a text as JSON has it');
    }
  }

  #takes(text: string): boolean {
    const { kind, text: found } = this.#next;
    const isThere = found === text && (kind === 'sign' || kind === 'word');
    this.#at += Number(isThere);
    return isThere;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) {
      this.#refuse(text);
    }
  }

  #deeper<T>(read: () => T): T {
    if (++this.#levels > MAX_LEVELS) {
      throw new ConditionError(`has more than ${MAX_LEVELS} levels`);
    }
    const value = read();
    this.#levels--;
    return value;
  }

  #refuse(expected: string): never {
    const { kind, text, place } = this.#next;
    const found = kind === 'end' ? 'ends' : `has ${text.slice(0, 40)}`;
    throw new ConditionError(`${found} at character ${place}; expected ${expected}`);
  }
}
