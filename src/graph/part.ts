import { UserError } from '../bundle/user-error.ts';
import { isRecord } from '../runtime/objects.ts';

/**
 * A part of a document that was written by hand: its value, whatever that is, and its place, as
 * `spec.predictors[0].graph.children[1]`. Null is as good as nothing, as in Kubernetes.
 *
 * Nothing here follows a value by recursion: the depth is the user's.
 */
export class Part {
  readonly value: unknown;
  readonly place: string;

  constructor(value: unknown, place: string) {
    this.value = value ?? undefined;
    this.place = place;
  }

  get isThere(): boolean {
    return this.value !== undefined;
  }

  /**
   * A member of an object; of nothing, nothing.
   *
   * @throws UserError when this is neither.
   */
  member(name: string): Part {
    const members = this.members();
    return new Part(Object.hasOwn(members, name) ? members[name] : undefined, this.placeOf(name));
  }

  /** The names of its own members. @throws UserError when it is neither an object nor nothing. */
  names(): string[] {
    return Object.keys(this.members());
  }

  /** The items of a list; of nothing, none. @throws UserError when it is neither. */
  items(): Part[] {
    if (!this.isThere) {
      return [];
    }
    return Array.isArray(this.value)
      ? this.value.map((item, index) => new Part(item, `${this.place}[${index}]`))
      : this.refuse(`is ${brief(this.value)}; expected a list`);
  }

  /**
   * A text that is not empty. A number or a boolean counts as its text: YAML makes one of what has no quotes.
   *
   * @throws UserError for a list or an object.
   */
  text(): string | undefined {
    const { value } = this;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
      return String(value);
    }
    return value === undefined || typeof value === 'string'
      ? value || undefined
      : this.refuse(`is ${brief(value)}; expected a text`);
  }

  /** One of some words. @throws UserError with all of them for any other value. */
  word<const T extends string>(words: readonly T[]): T | undefined {
    const text = this.text();
    const word = words.find((each) => each === text);
    return text === undefined || word !== undefined
      ? word
      : this.refuse(`is ${brief(text)}; expected one of ${words.join(', ')}`);
  }

  /** A name, as of a unit. @throws UserError when there is none, or one that is none. */
  name(): string {
    const text = this.text();
    if (text === undefined) {
      return this.refuse('is not there; expected a name');
    }
    return NAME.test(text)
      ? text
      : this.refuse(
          `is ${brief(text)}; expected at most 63 letters, digits, hyphens, dots and underscores, the first and ` +
            'the last a letter or a digit',
        );
  }

  /** @throws UserError always, with the place first. */
  refuse(problem: string): never {
    throw new UserError(`${this.place || 'the document'} ${problem}`);
  }

  private members(): Readonly<Record<string, unknown>> {
    if (!this.isThere) {
      return {};
    }
    return isRecord(this.value)
      ? this.value
      : this.refuse(`is ${brief(this.value)}; expected an object with members`);
  }

  private placeOf(name: string): string {
    if (!/^\w+$/.test(name)) {
      return `${this.place}[${brief(name)}]`;
    }
    return this.place === '' ? name : `${this.place}.${name}`;
  }
}

/** The name of a unit, a predictor or a deployment: it becomes part of headers, labels and keys. */
const NAME = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

/** Characters of a text, and names of members, that a message shows. */
const MOST = 80;
const MOST_NAMES = 5;

/** A value in a few words, which take no longer for a large one. */
export function brief(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MOST ? `${value.slice(0, MOST)}...` : value);
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  if (!isRecord(value)) {
    return value === undefined ? 'nothing' : String(value);
  }
  const names: string[] = [];
  for (const name in value) {
    if (names.length === MOST_NAMES) {
      names.push('...');
      break;
    }
    names.push(name.slice(0, MOST));
  }
  return names.length === 0 ? 'an empty object' : `an object with ${names.join(', ')}`;
}
