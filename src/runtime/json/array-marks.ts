import { fromRead, NdArray } from '../arrays/ndarray.ts';
import { isRecord } from '../objects.ts';
import { type NumberKernel, numberKernel } from './large-arrays.ts';

/** The places in a request that may hold arrays. */
export interface ArrayPlaces {
  /** Field names, from a field of the message down to the one that holds the list. */
  readonly paths: readonly (readonly [string, ...string[]])[];
  /** The messages in a request's JSON; empty when it holds none. */
  messagesOf(json: unknown): readonly unknown[];
}

/** Characters of a text, at least: a shorter one gains nothing. */
const MIN_CHARACTERS = 2000;
/** Characters in the middle of a text that tell, in general, what most of it is. */
const SAMPLE = 300;
/** Numbers of an array, at least: a shorter one is left to JSON.parse. */
const MIN_NUMBERS = 64;

/**
 * Parses `text`, with an NdArray for each long list of numbers at one of the places; undefined when there is
 * no such list, or anything is not as expected. A promise when the reader of numbers has to be loaded.
 *
 * Lists of numbers are most of a large message, and JSON.parse would make lists that have to be copied into
 * an array. So they are read separately, and `parse` gets a text with a mark in the place of each. When a
 * mark comes out anywhere else - in another field of the same name, in a string, under a name that occurs
 * twice - the result is undefined.
 */
export function parseWithArrays(
  text: string,
  { paths, messagesOf }: ArrayPlaces,
  parse: (text: string) => unknown,
): unknown {
  // In a text full of strings, the search for names takes long, and finds no numbers.
  const middle = text.length / 2;
  if (text.length < MIN_CHARACTERS || text.slice(middle, middle + SAMPLE).includes('"')) {
    return undefined;
  }
  const possible = paths.filter((path) => path.every((name) => text.includes(`"${name}"`)));
  const kernel = possible.length === 0 ? undefined : numberKernel(text.length);
  const parseBy = (loaded: NumberKernel | undefined) =>
    loaded && parseMarked(text, { paths: possible, messagesOf }, parse, loaded);
  return kernel instanceof Promise ? kernel.then(parseBy) : parseBy(kernel);
}

function parseMarked(
  text: string,
  { paths: possible, messagesOf }: ArrayPlaces,
  parse: (text: string) => unknown,
  kernel: NumberKernel,
): unknown {
  const { marked, arrays } = withMarks(text, possible, kernel);
  if (arrays.size === 0) {
    return undefined;
  }
  let json: unknown;
  try {
    json = parse(marked);
  } catch {
    return undefined;
  }
  const messages = messagesOf(json);
  const placed = possible.flatMap((path) => messages.map((message) => place(message, path, arrays)));
  return placed.filter(Boolean).length === arrays.size ? json : undefined;
}

/**
 * Puts lists again in the place of the arrays, as they were sent: for a model that gets the message itself.
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

/** Replaces the mark at `path` by its array; false when there is no mark. */
function place(message: unknown, path: readonly string[], arrays: ReadonlyMap<unknown, NdArray>): boolean {
  const [holder, field] = findHolder(message, path);
  const array = arrays.get(holder?.[field]);
  if (holder && array !== undefined) {
    holder[field] = array;
  }
  return array !== undefined;
}

/** The object that has the last field of `path`, if it exists. */
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

/** Replaces each long list of numbers that follows the last name of a path by a mark. */
function withMarks(
  text: string,
  paths: ArrayPlaces['paths'],
  kernel: NumberKernel,
): { readonly marked: string; readonly arrays: ReadonlyMap<unknown, NdArray> } {
  // A caller cannot guess it, so it occurs in no request.
  const nonce = Math.random();
  const arrays = new Map<unknown, NdArray>();
  let marked = '';
  let from = 0;
  for (const start of listStarts(text, paths)) {
    if (start < from) {
      continue;
    }
    const array = readArray(text, start, kernel);
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

/** The array whose list begins at `start`, and the length of its text in characters. */
function readArray(
  text: string,
  start: number,
  { numbersFromJson }: NumberKernel,
): { value: NdArray; length: number } | undefined {
  // The numbers end before the next string begins; from there on the text may hold any character.
  const quote = text.indexOf('"', start);
  const end = quote < 0 ? text.length : quote;
  // Too short for so many numbers: a text may have thousands of such lists.
  if (end - start < 2 * MIN_NUMBERS) {
    return undefined;
  }
  const read = numbersFromJson(text.slice(start, end));
  if (read === undefined || read.data.length < MIN_NUMBERS) {
    return undefined;
  }
  return { value: fromRead(read.data, read.shape, 'nested'), length: read.length };
}

/** The places where a list begins that follows the last name of a path. */
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
