import { CLOSE, COMMA, OPEN } from './characters';
import { readDecimal } from './read-decimal';

// Reads nested lists of numbers, piece by piece: the host puts a piece of the text at TEXT, calls `read`, and
// takes the numbers from NUMBERS. The next piece begins where `readEnd` says.

/** Bytes of a piece of text. */
export const PIECE: i32 = 1 << 16;
/** Where the host puts a piece, with room for what ends it. */
export const TEXT: usize = memory.data((1 << 16) + 16, 16);
/** Numbers that fit behind each other until the host takes them. */
export const CAPACITY: i32 = 1 << 12;
export const NUMBERS: usize = memory.data(8 << 12, 16);

/** Results of {@link read}. */
export const DONE: i32 = 1;
export const MORE: i32 = 0;
/** These are not regular lists of numbers, or some number is not for this reader. */
export const REFUSED: i32 = -1;

/** Bytes left of a piece when the next one begins: more than a number and the space around it take. */
const ROOM: i32 = 256;
/** As numpy. */
const MAX_AXES: i32 = 32;

/** Length of each axis, the outermost first; -1 until its first list has ended. */
const SHAPE: usize = memory.data(32 * 4, 8);
/** Number of elements so far in each open list, the outermost first. */
const COUNTS: usize = memory.data(32 * 4, 8);
/** Number of axes; 0 before the first number. */
let axes: i32 = 0;
/** Number of open lists. */
let depth: i32 = 0;
/** The next byte. */
let at: usize = TEXT;
/** The place of the next number. */
let out: usize = NUMBERS;

/** Begins with another text. */
export function startReading(): void {
  memory.fill(SHAPE, 0xff, MAX_AXES * 4);
  axes = 0;
  depth = 0;
}

/** Where the reading has come to: bytes of the piece that are read. */
export function readEnd(): i32 {
  return <i32>(at - TEXT);
}

/** How many numbers of the last call are at {@link NUMBERS}. */
export function readCount(): i32 {
  return <i32>((out - NUMBERS) >> 3);
}

/** Number of axes of the lists that have been read. */
export function readAxes(): i32 {
  return axes;
}

/** The length of an axis. */
export function readLength(axis: i32): i32 {
  return load<i32>(SHAPE + (axis << 2));
}

/** Counts the commas in a piece at {@link TEXT}: in regular lists, one less than the numbers. */
export function countCommas(length: i32): i32 {
  // What an earlier piece has left behind this one is not counted.
  memory.fill(TEXT + length, 0, 16);
  const commas = i8x16.splat(<i8>COMMA);
  let count: i32 = 0;
  for (let place = TEXT; place < TEXT + length; place += 16) {
    count += popcnt<i32>(i8x16.bitmask(i8x16.eq(v128.load(place), commas)));
  }
  return count;
}

/**
 * Reads on, from the begin of the piece at {@link TEXT}.
 *
 * @param length - of the piece in bytes. @param isLast - whether the text ends with it.
 * @returns DONE behind the last bracket, MORE when another piece is needed or there is no more room for
 *   numbers, or REFUSED.
 */
export function read(length: i32, isLast: boolean): i32 {
  store<u64>(TEXT + length, 0);
  at = TEXT;
  out = NUMBERS;
  const end = TEXT + length - (isLast ? 0 : ROOM);
  while (true) {
    if (at >= end || out >= NUMBERS + (CAPACITY << 3)) {
      return MORE;
    }
    if (!openLists()) {
      return REFUSED;
    }
    const first = out;
    const isRow = readRow(end);
    addTo(depth - 1, <i32>((out - first) >> 3));
    if (!isRow) {
      return REFUSED;
    }
    const code = load<u8>(at);
    if (code !== COMMA) {
      if (!closeLists()) {
        return REFUSED;
      }
      if (depth === 0) {
        return DONE;
      }
    }
    at++;
  }
}

/** Enters the lists that begin here; false unless the next number is as deep as all others. */
function openLists(): boolean {
  const max = axes === 0 ? MAX_AXES : axes;
  while (skipSpace() === OPEN) {
    if (depth === max) {
      return false;
    }
    store<i32>(COUNTS + (depth << 2), 0);
    depth++;
    at++;
  }
  if (axes === 0) {
    axes = depth;
  }
  return depth === axes;
}

/** Leaves the lists that end here, up to a comma; false unless they are as long as those before. */
function closeLists(): boolean {
  while (load<u8>(at) === CLOSE) {
    at++;
    depth--;
    const count = load<i32>(COUNTS + (depth << 2));
    const length = SHAPE + (depth << 2);
    if (load<i32>(length) === -1) {
      store<i32>(length, count);
    }
    if (load<i32>(length) !== count) {
      return false;
    }
    if (depth === 0) {
      return true;
    }
    addTo(depth - 1, 1);
    skipSpace();
  }
  return load<u8>(at) === COMMA && depth < axes;
}

function addTo(list: i32, count: i32): void {
  const place = COUNTS + (list << 2);
  store<i32>(place, load<i32>(place) + count);
}

/**
 * Reads numbers as far as there are commas between them, and stops at what follows: at a comma only when
 * there is no more room.
 */
function readRow(end: usize): boolean {
  let place = at;
  let number = out;
  while (true) {
    place = readDecimal(place, number);
    if (place === 0) {
      return false;
    }
    number += 8;
    place = behindSpace(place);
    if (load<u8>(place) !== COMMA || place >= end || number >= NUMBERS + (CAPACITY << 3)) {
      at = place;
      out = number;
      return true;
    }
    place = behindSpace(place + 1);
  }
}

/** Moves over white space. @returns what is there then. */
function skipSpace(): u32 {
  at = behindSpace(at);
  return load<u8>(at);
}

function behindSpace(place: usize): usize {
  let code: u32 = load<u8>(place);
  while (code <= 0x20 && isSpace(code)) {
    code = load<u8>(++place);
  }
  return place;
}

function isSpace(code: u32): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
