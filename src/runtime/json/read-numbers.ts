import { type KernelInstance, withKernel } from './kernel-instance.ts';

/** A list of numbers, or regular lists of them, as it stands in a JSON text. */
export interface ReadNumbers {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
  /** Length of its text in characters, from the first bracket on. */
  readonly length: number;
}

/**
 * Reads the numbers that `text` begins with: a list of them, or nested lists of equal length. The text may go
 * on after them.
 *
 * Bit for bit what JSON.parse gives, in a fifth of the time and without a list in between. Undefined when an
 * integer is beyond 2^53, when a number is beyond all doubles or needs more than 19 digits to be told from
 * its neighbours, and for anything else, well-formed or not: then the text is left to JSON.parse.
 */
export function numbersFromJson(text: string): ReadNumbers | undefined {
  // What is behind the last bracket of a list has commas that are not between its numbers.
  const list = text.slice(0, text.lastIndexOf(']') + 1);
  return list === '' ? undefined : withKernel((kernel) => readLists(list, kernel));
}

function readLists(text: string, kernel: KernelInstance): ReadNumbers | undefined {
  const { exports, numbers } = kernel;
  const piece = exports.PIECE.value;
  const data = new Float64Array(countNumbers(text, kernel));
  let count = 0;
  exports.startReading();
  for (let base = 0; base < text.length; base += exports.readEnd()) {
    const result = exports.read(fill(kernel, text, base), base + piece >= text.length);
    const end = count + exports.readCount();
    if (result === exports.REFUSED.value || end > data.length) {
      return undefined;
    }
    data.set(numbers.subarray(0, end - count), count);
    count = end;
    if (result === exports.DONE.value) {
      const shape = Array.from({ length: exports.readAxes() }, (_, axis) => exports.readLength(axis));
      const length = base + exports.readEnd();
      return { shape, data: count === data.length ? data : data.slice(0, count), length };
    }
  }
  return undefined;
}

/** How many numbers there are, if the text is regular lists of numbers. */
function countNumbers(text: string, kernel: KernelInstance): number {
  const { exports } = kernel;
  let commas = 0;
  for (let base = 0; base < text.length; base += exports.PIECE.value) {
    commas += exports.countCommas(fill(kernel, text, base));
  }
  return commas + 1;
}

/**
 * Gives the kernel the piece that begins at `base`. As UTF-8: up to a character beyond ASCII, which no list
 * has, a byte is a character.
 *
 * @returns its length in bytes.
 */
function fill({ bytes, exports }: KernelInstance, text: string, base: number): number {
  const { value: piece } = exports.PIECE;
  return bytes.write(text.slice(base, base + piece), exports.TEXT.value, piece);
}
