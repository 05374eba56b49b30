import { isRecord } from '../../objects.ts';
import type { Condition } from './condition.ts';
import { ConditionError } from './tokens.ts';

/** A step of a path: the name of a member, the place of an item, or the first item that a query holds for. */
type Step = string | Query;

interface Query {
  /** From the item on; empty: the item itself. */
  readonly path: readonly Step[];
  /** Undefined: something has to be there. */
  readonly operator: Operator | undefined;
  readonly value: string;
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** How deep queries may lie in each other. */
const MAX_LEVELS = 20;

/** All of gjson that is served, for messages. */
const EXPECTED =
  'names and places such as predictions.0, queries such as #(name == "value"), and [@this] before them; a ' +
  'backslash makes a letter of any other sign';

/**
 * Reads a gjson path as KServe's router takes it for a condition: it holds if there is something at the path,
 * null included. Of gjson's queries, the first item counts that one holds for.
 *
 * @see https://github.com/tidwall/gjson/blob/master/SYNTAX.md
 * @throws ConditionError that says where, for what is no such path or is not served of gjson.
 */
export function readGjson(text: string): Condition {
  const { isList, path } = new Reader(text).whole();
  return (message) => valueAt(isList ? [message] : message, path) !== undefined;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #levels = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): { readonly isList: boolean; readonly path: readonly Step[] } {
    const isList = this.#takes(/\[@this\]/y) !== undefined;
    const isWhole = isList || this.#takes(/@this(?=\.|$)/y) !== undefined;
    const isAll = isWhole && this.#takes(/\./y) === undefined;
    const path = isAll ? [] : this.#path();
    return this.#at === this.#text.length ? { isList, path } : this.#refuse();
  }

  #path(): Step[] {
    const path: Step[] = [];
    do {
      path.push(this.#takes(/#\(/y) === undefined ? this.#name() : this.#query());
    } while (this.#takes(/\./y) !== undefined);
    return path;
  }

  #name(): string {
    const name = this.#takes(NAME) ?? this.#refuse();
    // Around the path of a query, space means nothing.
    const isLast = this.#levels > 0 && this.#text.charAt(this.#at) !== '.';
    return (isLast ? name.trimEnd() : name).replace(/\\(.?)/gs, '$1');
  }

  #query(): Query {
    if (++this.#levels > MAX_LEVELS) {
      throw new ConditionError(`has more than ${MAX_LEVELS} queries in each other`);
    }
    this.#takes(/\s+/y);
    const path = /[=<>!]/.test(this.#text.charAt(this.#at)) ? [] : this.#path();
    const operator = this.#takes(/==?|!=|[<>]=?/y)?.replace('==', '=') as Operator | undefined;
    this.#takes(/\s+/y);
    const value = operator === undefined ? '' : this.#value();
    this.#takes(/\s*\)(?!#)/y) ?? this.#refuse();
    this.#levels--;
    return { path, operator, value };
  }

  #value(): string {
    const quoted = this.#takes(/"(?:[^"\\]|\\.)*"/y);
    if (quoted === undefined) {
      return (this.#takes(/[^\s()[\]{}"\\~][^()[\]{}"\\]*/y) ?? this.#refuse()).trim();
    }
    try {
      return JSON.parse(quoted);
    } catch {
      throw new ConditionError(`has ${quoted.slice(0, 40)}; expected a text as JSON has it`);
    }
  }

  #takes(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #refuse(): never {
    const letter = this.#text.charAt(this.#at);
    const found = letter === '' ? 'ends' : `has ${JSON.stringify(letter)}`;
    throw new ConditionError(`${found} at character ${this.#at + 1}; expected ${EXPECTED}`);
  }
}

/** Signs of gjson are no part of a name. */
const NAME = /(?:\\.|[^\\.|*?#@!{}[\]()~=<>%"])+/sy;

/** The value at a path; undefined when there is none. Only own members count. */
function valueAt(message: unknown, path: readonly Step[]): unknown {
  let value = message;
  for (const step of path) {
    if (typeof step === 'object') {
      value = Array.isArray(value) ? value.find((item) => holds(step, item)) : undefined;
    } else if (Array.isArray(value)) {
      value = /^\d+$/.test(step) ? value[Number(step)] : undefined;
    } else {
      value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
  }
  return value;
}

function holds({ path, operator, value }: Query, item: unknown): boolean {
  const isNested = typeof item === 'object' && item !== null;
  // As in gjson, no path is that of the member without a name, but in what has no members.
  const found = isNested ? valueAt(item, path.length > 0 ? path : ['']) : path.length > 0 ? undefined : item;
  if (found === undefined || operator === undefined) {
    return found !== undefined;
  }
  switch (typeof found) {
    case 'string':
      return isOrdered(operator, Buffer.compare(Buffer.from(found), Buffer.from(value)));
    case 'number':
    case 'bigint':
      return isOrdered(operator, Number(found) - toNumber(value));
    case 'boolean':
      return isTrue(found, operator, value);
    default:
      return false;
  }
}

/** @param order - of two values: negative, 0 or positive; NaN for what has none. */
function isOrdered(operator: Operator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** As gjson has it: with `>=`, true is equal to any word, and false with `<=`. */
function isTrue(found: boolean, operator: Operator, word: string): boolean {
  switch (operator) {
    case '=':
      return word === String(found);
    case '!=':
      return word !== String(found);
    case '<':
      return !found && word === 'true';
    case '<=':
      return !found;
    case '>':
      return found && word === 'false';
    case '>=':
      return found;
  }
}

/** As gjson has it, a text that is no number counts as 0. */
function toNumber(text: string): number {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    return Number(text);
  }
  const size = /^[+-]?inf(inity)?$/i.test(text)
    ? Number.POSITIVE_INFINITY
    : /^nan$/i.test(text)
      ? Number.NaN
      : 0;
  return text.startsWith('-') ? -size : size;
}
