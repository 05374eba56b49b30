import { CLOSE, COMMA, OPEN } from './characters';
import { NUMBERS } from './read-lists';
import { writeNumber } from './write-number';

// Writes nested lists of numbers: the host tells the shape, then puts numbers at NUMBERS and calls `write`
// until all are written, and takes the text from OUTPUT.

/** Length of each axis, the outermost first. */
const SHAPE: usize = memory.data(32 * 4, 8);
/** How many elements are left in each open list, the outermost first. */
const LEFT: usize = memory.data(32 * 4, 8);
let axes: i32 = 0;
let isSingle: boolean = false;

/** Begins with another array. `single`: whether the numbers are 32-bit floats and written as such. */
export function startWriting(single: boolean): void {
  axes = 0;
  isSingle = single;
}

/** Adds an axis, from the outermost on; there are at most 32 of at least one element. */
export function addAxis(length: i32): void {
  store<i32>(SHAPE + (axes << 2), length);
  store<i32>(LEFT + (axes << 2), length);
  axes++;
}

/** Writes the brackets that an array begins, or ends, with. @returns the place behind them. */
export function writeBrackets(to: usize, areOpen: boolean): usize {
  return repeat(to, areOpen ? OPEN : CLOSE, axes);
}

/** Writes `count` numbers and what stands between them and those before. @returns the place behind them. */
export function write(to: usize, count: i32): usize {
  const columns = load<i32>(SHAPE + ((axes - 1) << 2));
  const rowLeft = LEFT + ((axes - 1) << 2);
  const end = NUMBERS + (count << 3);
  let place = to;
  let left = load<i32>(rowLeft);
  for (let from = NUMBERS; from < end; from += 8) {
    if (left === 0) {
      place = breakRow(place);
      left = columns;
    } else {
      store<u8>(place, COMMA);
      // There is no comma before the first number of all.
      place += usize(left !== columns);
    }
    left--;
    place = writeNumber(place, load<f64>(from), isSingle);
  }
  store<i32>(rowLeft, left);
  return place;
}

/** Ends the lists that are full, and begins as many. */
function breakRow(to: usize): usize {
  let axis = axes - 2;
  for (; ; axis--) {
    const place = LEFT + (axis << 2);
    const left = load<i32>(place) - 1;
    if (left > 0) {
      store<i32>(place, left);
      break;
    }
    store<i32>(place, load<i32>(SHAPE + (axis << 2)));
  }
  const lists = axes - 1 - axis;
  const comma = repeat(to, CLOSE, lists);
  store<u8>(comma, COMMA);
  return repeat(comma + 1, OPEN, lists);
}

function repeat(to: usize, code: u32, count: i32): usize {
  memory.fill(to, <u8>code, count);
  return to + count;
}
