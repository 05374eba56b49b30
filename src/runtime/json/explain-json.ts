import { badData, type SeldonError } from '../errors.ts';
import { decodeText } from './decode-text.ts';

/** The info of an error about a text that is not JSON; the reference has the same words. */
const NOT_JSON = "Can't find JSON in data";

/**
 * Adds to an error about a text that is not JSON where the text goes wrong. Other errors stay as they are.
 *
 * Loaded only then: JSON.parse itself says what it has found, but not always where.
 *
 * @param error - thrown by `readJson(body)`.
 * @param start - the first words of the new error's info; default: those of the reference.
 */
export function explainJson(body: string | Uint8Array, error: unknown, start: string = NOT_JSON): unknown {
  const { message } = error as SeldonError;
  if (message !== NOT_JSON) {
    return start === NOT_JSON ? error : badData(`${start}: ${message}`, error);
  }
  return badData(`${start}: ${explain(typeof body === 'string' ? body : decodeText(body))}`, error);
}

/** The states of the scanner, each with what is expected in it. */
const EXPECTED = {
  value: 'a value',
  first: 'a value or ]',
  name: 'a name in double quotes',
  firstName: 'a name in double quotes or }',
  colon: ':',
  more: ', or ]',
  moreNames: ', or }',
  end: 'nothing more',
} as const;

type State = keyof typeof EXPECTED;

function explain(text: string): string {
  if (text.trim() === '') {
    return 'the text is empty';
  }
  // Without recursion: a text may be nested as deep as it is long.
  const open: string[] = [];
  let state: State = 'value';
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  while (at < text.length) {
    const end = endOfToken(text, at);
    const next: State | undefined = end === undefined ? undefined : nextState(state, text.charAt(at), open);
    if (end === undefined || next === undefined) {
      return `${placeOf(text, at)}: expected ${EXPECTED[state]}, got ${found(text, at, end)}`;
    }
    state = next;
    at = skipSpace(text, end);
  }
  return state === 'end'
    ? 'an integer has more than 4300 digits'
    : `the text ends after ${text.length} characters; expected ${EXPECTED[state]}`;
}

/** The state after a token that begins with `character`; undefined when it cannot stand here. */
function nextState(state: State, character: string, open: string[]): State | undefined {
  if (state === 'name' || (state === 'firstName' && character !== '}')) {
    return character === '"' ? 'colon' : undefined;
  }
  if (state === 'colon') {
    return character === ':' ? 'value' : undefined;
  }
  if (character === ',') {
    return state === 'more' ? 'value' : state === 'moreNames' ? 'name' : undefined;
  }
  if (character === ']' || character === '}') {
    const states: readonly State[] = character === ']' ? ['first', 'more'] : ['firstName', 'moreNames'];
    if (!states.includes(state)) {
      return undefined;
    }
    open.pop();
    return afterValue(open);
  }
  if (character === ':' || (state !== 'value' && state !== 'first')) {
    return undefined;
  }
  if (character === '[' || character === '{') {
    open.push(character);
    return character === '[' ? 'first' : 'firstName';
  }
  return afterValue(open);
}

function afterValue(open: readonly string[]): State {
  const last = open.at(-1);
  return last === undefined ? 'end' : last === '[' ? 'more' : 'moreNames';
}

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The place after the token that begins at `at`; undefined when none begins there. */
function endOfToken(text: string, at: number): number | undefined {
  const character = text.charAt(at);
  if ('[]{},:'.includes(character)) {
    return at + 1;
  }
  if (character === '"') {
    return endOfString(text, at + 1);
  }
  SCALAR.lastIndex = at;
  return SCALAR.test(text) ? SCALAR.lastIndex : undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      return at + 1;
    }
    if (code < 32) {
      return undefined;
    }
    ESCAPE.lastIndex = at;
    if (code === 92) {
      if (!ESCAPE.test(text)) {
        return undefined;
      }
      at = ESCAPE.lastIndex - 1;
    }
  }
  return undefined;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) {
    at++;
  }
  return at;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}`;
}

/** One character is enough: a log may show it, and the request itself does not belong there. */
function found(text: string, at: number, end: number | undefined): string {
  const character = String.fromCodePoint(text.codePointAt(at) as number);
  if (character !== '"') {
    return JSON.stringify(character);
  }
  return end === undefined ? 'a text that does not end or has a character that JSON escapes' : 'a text';
}
