import type { Elements } from '../arrays/elements.ts';
import { sizeOf } from '../arrays/shape.ts';

/**
 * Writes `elements` as JSON lists, nested as `shape`, which has at least one axis and one element. Numbers
 * that are not finite become protobuf's strings ("NaN", "Infinity", "-Infinity").
 *
 * The text is letter for letter what JSON.stringify writes, without lists in between, and in half the time
 * when the numbers have few digits. Undefined when some elements are not numbers, and for lists of numbers
 * with many digits, which JSON.stringify takes as they are.
 */
export function numbersToJson(elements: Elements, shape: readonly number[]): string | undefined {
  const columns = shape.at(-1) as number;
  const size = sizeOf(shape);
  // A piece does not cross the end of a matrix, so that all breaks in it are between rows.
  const matrix = sizeOf(shape.slice(-2));
  const numbers = new Float64Array(Math.min(matrix, MAX_PIECE));
  const bytes = Buffer.allocUnsafe(numbers.length * (MAX_CHARACTERS + ROW_BREAK));
  let text = '';
  for (let start = 0; start < size; ) {
    const length = Math.min(MAX_PIECE, matrix - (start % matrix));
    const piece = length === numbers.length ? numbers : numbers.subarray(0, length);
    if (!elements.copyTo(piece, start)) {
      return undefined;
    }
    const column = start % columns;
    const end = writeShort(piece, column, columns, bytes);
    if (end === undefined && start === 0 && elements.areListed) {
      return undefined;
    }
    text += separator(shape, start);
    text += end === undefined ? toRows(piece, column, columns) : bytes.toString('latin1', 0, end);
    start += length;
  }
  return text + ']'.repeat(shape.length);
}

/** Numbers of a piece, at most. */
const MAX_PIECE = 1024;
/** `-0.0000012345678901234567` */
const MAX_CHARACTERS = 25;
/** `],[` */
const ROW_BREAK = 3;

/**
 * The text before the element at `start`: the brackets and the comma between the lists that end and begin
 * there.
 */
function separator(shape: readonly number[], start: number): string {
  if (start === 0) {
    return '['.repeat(shape.length);
  }
  let axes = 0;
  for (let length = 1; axes < shape.length; axes++) {
    length *= shape[shape.length - 1 - axes] as number;
    if (start % length !== 0) {
      break;
    }
  }
  return `${']'.repeat(axes)},${'['.repeat(axes)}`;
}

const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Decimals that are tried. Below MAX_FIXED, they are at most 15 digits together with those before the point.
 */
const DECIMALS = 8;
const SCALE = 1e8;
const MAX_FIXED = 1e7;
/** JSON.stringify writes smaller numbers with an exponent. */
const MIN_FIXED = 1e-6;
/** The bound of the small integers with which V8 computes fastest. */
const MAX_WHOLE = 2 ** 30;

/**
 * Writes numbers into `bytes`; undefined when many of them have many digits, which JSON.stringify writes
 * faster, or one is not finite.
 *
 * Two different decimals of at most 15 digits are never the same double. So if one of them equals the number,
 * then it is, without the zeros at its end, the shortest decimal: the one that JSON.stringify writes.
 *
 * @param column - column of the first number, of `columns` in a row.
 * @returns the number of bytes written.
 */
function writeShort(
  numbers: Float64Array,
  column: number,
  columns: number,
  bytes: Uint8Array,
): number | undefined {
  let at = 0;
  let left = columns - column;
  let long = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (left === 0) {
      bytes[at++] = CLOSE;
      bytes[at++] = COMMA;
      bytes[at++] = OPEN;
      left = columns;
    } else if (i > 0) {
      bytes[at++] = COMMA;
    }
    left--;
    let value = numbers[i] as number;
    if (value < 0) {
      bytes[at++] = MINUS;
      value = -value;
    }
    const whole = value < MAX_WHOLE ? value | 0 : -1;
    if (whole === value) {
      at = writeWhole(whole, bytes, at);
      continue;
    }
    const scaled = Math.round(value * SCALE);
    if (scaled / SCALE === value && value < MAX_FIXED && value >= MIN_FIXED) {
      at = writeWhole(whole, bytes, at);
      bytes[at++] = POINT;
      at = writeDecimals((scaled - whole * SCALE) | 0, bytes, at);
    } else {
      if (!(value < Number.POSITIVE_INFINITY) || ++long > MAX_LONG + i / 8) {
        return undefined;
      }
      at = writeText(String(value), bytes, at);
    }
  }
  return at;
}

/**
 * Numbers with many digits, at most, besides one in eight of all: with more, JSON.stringify writes the piece.
 */
const MAX_LONG = 8;

// `| 0` and not Math.trunc: V8 then divides integers, which takes a third of the time.

/** Writes a whole number from 0 up to MAX_WHOLE. @returns the next place. */
function writeWhole(whole: number, bytes: Uint8Array, at: number): number {
  if (whole < 10) {
    bytes[at] = ZERO + whole;
    return at + 1;
  }
  let end = at + 2;
  for (let bound = 100; whole >= bound; bound *= 10) {
    end++;
  }
  writeDigits(whole, bytes, at, end);
  return end;
}

/**
 * Writes the digits after the point, which are not all 0, without the zeros at the end. @returns the next
 * place.
 */
function writeDecimals(decimals: number, bytes: Uint8Array, at: number): number {
  let rest = decimals;
  let end = at + DECIMALS;
  for (let tenth = (rest / 10) | 0; tenth * 10 === rest; tenth = (rest / 10) | 0) {
    rest = tenth;
    end--;
  }
  writeDigits(rest, bytes, at, end);
  return end;
}

/** Fills the places from `start` to `end` with the digits of a whole number, zeros before it. */
function writeDigits(whole: number, bytes: Uint8Array, start: number, end: number): void {
  let rest = whole;
  for (let place = end - 1; place >= start; place--) {
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

function writeText(text: string, bytes: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    bytes[at++] = text.charCodeAt(i);
  }
  return at;
}

/** The same text by JSON.stringify, without the brackets of the first and the last row. */
function toRows(numbers: Float64Array, column: number, columns: number): string {
  const rows: unknown[][] = [];
  for (let start = 0, length = columns - column; start < numbers.length; start += length, length = columns) {
    rows.push(toList(numbers, start, Math.min(start + length, numbers.length)));
  }
  return JSON.stringify(rows).slice(2, -2);
}

function toList(numbers: Float64Array, start: number, end: number): unknown[] {
  // Grown from nothing: JSON.stringify writes a list with holes, as new Array(length) gives it, element by
  // element.
  const list: unknown[] = [];
  for (let i = start; i < end; i++) {
    const value = numbers[i] as number;
    list.push(value - value === 0 ? value : String(value));
  }
  return list;
}
