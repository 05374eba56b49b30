import { countDigits, integerPower, valueOfEight, ZEROS } from './digits';
import { nearestDouble, TOO_LARGE } from './nearest-double';

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
/** A longer number may not be JSON as the reference reads it. */
const MAX_CHARACTERS: i32 = 100;
/** Digits that 64 bits always hold. */
const MAX_DIGITS: i32 = 19;
/** As numpy. */
const MAX_AXES: i32 = 32;

const OPEN: u32 = 0x5b;
const CLOSE: u32 = 0x5d;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const E: u32 = 0x65;
const LOWER_CASE: u32 = 0x20;

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
  while (true) {
    if (!readNumber()) {
      return false;
    }
    if (skipSpace() !== COMMA) {
      return true;
    }
    if (at >= end || out >= NUMBERS + (CAPACITY << 3)) {
      return true;
    }
    at++;
    skipSpace();
  }
}

/** Reads the number here, and moves behind it; false when it is none, or one that JSON.parse has to read. */
function readNumber(): boolean {
  const start = at;
  let place = at;
  let code: u32 = load<u8>(place);
  const isNegative = code === MINUS;
  if (isNegative) {
    code = load<u8>(++place);
  }
  const integer = place;
  let value = <u64>(code - ZERO);
  if (!isDigit(code)) {
    return false;
  }
  code = load<u8>(++place);
  // JSON has no number with a zero before another digit.
  if (value === 0 && isDigit(code)) {
    return false;
  }
  while (isDigit(code)) {
    value = value * 10 + (code - ZERO);
    code = load<u8>(++place);
  }
  let digits = <i32>(place - integer);
  let exponent: i32 = 0;
  const isInteger = code !== POINT && (code | LOWER_CASE) !== E;
  if (code === POINT) {
    const fraction = ++place;
    let count: i32 = 0;
    do {
      const text = load<u64>(place) ^ ZEROS;
      count = countDigits(text);
      if (count > 0) {
        // The digits move to the end of the eight, so that zeros are before them.
        value = value * integerPower(count) + valueOfEight(text << (64 - (count << 3)));
        place += count;
      }
    } while (count === 8);
    exponent = <i32>(fraction - place);
    if (exponent === 0) {
      return false;
    }
    digits -= exponent;
    code = load<u8>(place);
  }
  const digitsEnd = place;
  if ((code | LOWER_CASE) === E) {
    code = load<u8>(++place);
    const sign = code;
    if (sign === MINUS || sign === PLUS) {
      code = load<u8>(++place);
    }
    const from = place;
    let power: i32 = 0;
    while (isDigit(code)) {
      // Far beyond all doubles, and the exponent of the digits does not matter.
      power = min(power * 10 + <i32>(code - ZERO), 100000);
      code = load<u8>(++place);
    }
    if (place === from) {
      return false;
    }
    exponent += sign === MINUS ? -power : power;
  }
  if (<i32>(place - start) > MAX_CHARACTERS) {
    return false;
  }
  // An integer that a double may round is read with all its digits, elsewhere.
  if (isInteger && (digits > 16 || value > MAX_SAFE)) {
    return false;
  }
  at = place;
  let bits: u64;
  if (digits <= MAX_DIGITS) {
    bits = toDouble(value, exponent);
  } else {
    bits = longToDouble(integer, digitsEnd, exponent);
  }
  if (bits === TOO_LARGE) {
    return false;
  }
  store<u64>(out, bits | (u64(isNegative) << 63));
  out += 8;
  return true;
}

const MAX_SAFE: u64 = 9007199254740991;

/** Powers of ten that a double holds exactly. */
const EXACT: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const MAX_EXACT: i32 = 22;

/**
 * The bits of the double nearest to `digits` * 10^`exponent`. Where a double holds both exactly, their
 * product or quotient is rounded once.
 *
 * @see W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990
 */
function toDouble(digits: u64, exponent: i32): u64 {
  if (digits > MAX_SAFE || exponent < -MAX_EXACT || exponent > MAX_EXACT) {
    return nearestDouble(digits, exponent);
  }
  const value = <f64>digits;
  return reinterpret<u64>(
    exponent < 0 ? value / load<f64>(EXACT + (-exponent << 3)) : value * load<f64>(EXACT + (exponent << 3)),
  );
}

/**
 * The same for more digits, which stand from `start` to `end`: the first 19 that count decide, unless the
 * next larger decimal of 19 is nearest to another double.
 *
 * @returns TOO_LARGE also where they do not decide.
 */
function longToDouble(start: usize, end: usize, exponent: i32): u64 {
  let place = start;
  let code: u32 = load<u8>(place);
  while ((code === ZERO || code === POINT) && place < end) {
    code = load<u8>(++place);
  }
  let digits: u64 = 0;
  let count: i32 = 0;
  let dropped: i32 = 0;
  let isMore = false;
  for (; place < end; code = load<u8>(++place)) {
    if (code === POINT) {
      continue;
    }
    if (count < MAX_DIGITS) {
      digits = digits * 10 + (code - ZERO);
      count++;
    } else {
      dropped++;
      isMore = isMore || code !== ZERO;
    }
  }
  const bits = toDouble(digits, exponent + dropped);
  return !isMore || bits === toDouble(digits + 1, exponent + dropped) ? bits : TOO_LARGE;
}

/** Moves over white space. @returns what is there then. */
function skipSpace(): u32 {
  let code: u32 = load<u8>(at);
  while (isSpace(code)) {
    code = load<u8>(++at);
  }
  return code;
}

function isSpace(code: u32): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: u32): boolean {
  return code - ZERO <= 9;
}
