import { fromRead, NdArray } from '../arrays/ndarray.ts';
import { isRecord } from '../objects.ts';
import { numbersFromJson } from './read-numbers.ts';
import { isFirstArray } from './warm-loops.ts';

/** Where a request may carry arrays. */
export interface ArrayPlaces {
  /** Names from a message's own down to the list's. */
  readonly paths: readonly (readonly [string, ...string[]])[];
  /** The messages of a request's JSON, whatever that is. */
  messagesOf(json: unknown): readonly unknown[];
}

/** A shorter text has no array that would be worth it. */
const MIN_CHARACTERS = 2000;
/** An array of fewer numbers is left to JSON.parse. */
const MIN_NUMBERS = 64;

/**
 * `text` parsed, with an NdArray for each long list of numbers at one of the places; undefined when there is
 * none, or anything is not as expected.
 *
 * Lists of numbers are most of a large message, and JSON.parse would make lists that have to be copied into
 * an array. So they are read by themselves, with a mark in the place of each for `parse`. A text in which a
 * mark comes out anywhere but at a place - in a field of the same name, in a string, under a name that comes
 * twice - is left to the caller.
 */
export function parseWithArrays(
  text: string,
  { paths, messagesOf }: ArrayPlaces,
  parse: (text: string) => unknown,
): unknown {
  if (text.length < MIN_CHARACTERS || isFirstArray('read')) {
    return undefined;
  }
  const possible = paths.filter((path) => path.every((name) => text.includes(`"${name}"`)));
  const { marked, arrays } = withMarks(text, possible);
  if (arrays.size === 0) {
    return undefined;
  }
  const json = attempt(() => parse(marked));
  const messages = messagesOf(json);
  const placed = possible.flatMap((path) => messages.map((message) => place(message, path, arrays)));
  return placed.filter(Boolean).length === arrays.size ? json : undefined;
}

/**
 * `json` with lists again in the place of arrays, as it was sent: for a model that gets the message itself.
 */
export function withLists(json: unknown, { paths, messagesOf }: ArrayPlaces): unknown {
  for (const message of messagesOf(json)) {
    for (const path of paths) {
      const [holder, field] = findHolder(message, path);
      const array = holder?.[field];
      if (holder && array instanceof NdArray) {
        holder[field] = array.toNested();
      }
    }
  }
  return json;
}

/** Puts the array there whose mark stands at `path`. @returns whether there was one. */
function place(message: unknown, path: readonly string[], arrays: ReadonlyMap<unknown, NdArray>): boolean {
  const [holder, field] = findHolder(message, path);
  const array = arrays.get(holder?.[field]);
  if (holder && array !== undefined) {
    holder[field] = array;
  }
  return array !== undefined;
}

/** The object that has the last name of `path`, if there is one. */
function findHolder(
  message: unknown,
  path: readonly string[],
): [holder: Record<string, unknown> | undefined, field: string] {
  let holder = message;
  for (const name of path.slice(0, -1)) {
    holder = isRecord(holder) ? holder[name] : undefined;
  }
  return [isRecord(holder) ? holder : undefined, path.at(-1) as string];
}

/** `text` with a mark for each long list of numbers behind the last name of one of the paths. */
function withMarks(
  text: string,
  paths: ArrayPlaces['paths'],
): { readonly marked: string; readonly arrays: ReadonlyMap<unknown, NdArray> } {
  // Not to be guessed, and so in no request.
  const nonce = Math.random();
  const arrays = new Map<unknown, NdArray>();
  let marked = '';
  let from = 0;
  for (const start of listStarts(text, paths)) {
    if (start < from) {
      continue;
    }
    const array = readArray(text, start);
    if (array === undefined) {
      continue;
    }
    const mark = `array ${arrays.size} ${nonce}`;
    arrays.set(mark, array.value);
    marked += `${text.slice(from, start)}"${mark}"`;
    from = start + array.length;
  }
  return { marked: marked + text.slice(from), arrays };
}

/** The array whose list begins at `start`, and the characters that it takes. */
function readArray(text: string, start: number): { value: NdArray; length: number } | undefined {
  // Numbers end before the next string does begin; what lies behind may hold any character.
  const quote = text.indexOf('"', start);
  const end = quote < 0 ? text.length : quote;
  // Too short for so many: a text may have thousands of such lists.
  if (end - start < 2 * MIN_NUMBERS) {
    return undefined;
  }
  const read = numbersFromJson(text.slice(start, end));
  if (read === undefined || read.data.length < MIN_NUMBERS) {
    return undefined;
  }
  return { value: fromRead(read.data, read.shape, 'nested'), length: read.length };
}

/** Where the lists begin that stand behind such a name. */
function* listStarts(text: string, paths: ArrayPlaces['paths']): Generator<number> {
  const names = paths.map((path) => `"${path.at(-1)}"`);
  const next = names.map((name) => ({ name, at: text.indexOf(name) }));
  for (;;) {
    const nearest = next.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0];
    if (nearest === undefined) {
      return;
    }
    const behind = nearest.at + nearest.name.length;
    LIST_START.lastIndex = behind;
    if (LIST_START.test(text)) {
      yield LIST_START.lastIndex - 1;
    }
    nearest.at = text.indexOf(nearest.name, behind);
  }
}

const LIST_START = /\s*:\s*\[/y;

function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
