import { FEATURES } from './arithmetic.ts';

/** Digits after the point, as a client that rounds sends them: `0.483921`. */
export const DECIMALS = 6;

/**
 * Makes a message with `rows` x `columns` numbers of few digits: the friendliest to JSON and to us.
 *
 * @param change - makes other numbers of them, see {@link allDigits}.
 */
export function arrayMessage(
  kind: 'tensor' | 'ndarray',
  rows: number,
  columns = FEATURES,
  change = (value: number, _index: number) => value,
): unknown {
  const flat = numbers(rows * columns).map(change);
  if (kind === 'tensor') {
    return { data: { tensor: { shape: [rows, columns], values: flat } } };
  }
  const nested = Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
  return { data: { ndarray: nested } };
}

/** A number with all digits of a double, 16 to 18, as numpy's float64 has them. */
export function allDigits(value: number): number {
  return Math.sqrt(value + 0.1);
}

/** A pixel as float32, whose digits a client that computes in single precision sends as those of a double. */
export function float32Pixel(value: number): number {
  return Math.fround(Math.floor(value * 256) / 255);
}

/** Makes a table as data frames have it: integers, amounts, measurements and, if asked for, text. */
export function tableMessage(rows: number, hasText: boolean): unknown {
  const flat = numbers(rows * TABLE_COLUMNS);
  const cell = (row: number, column: number) => {
    const value = flat[row * TABLE_COLUMNS + column] as number;
    if (column % 4 === 0) {
      return hasText ? `category ${Math.floor(value * 20)}` : Math.floor(value * 90);
    }
    return column % 4 === 1 ? Number((value * 1000).toFixed(2)) : allDigits(value) * 10 ** ((column % 7) - 3);
  };
  const table = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: TABLE_COLUMNS }, (_, column) => cell(row, column)),
  );
  return { data: { ndarray: table } };
}

const TABLE_COLUMNS = 30;

/** Makes a message with `length` bytes in base64. */
export function binaryMessage(length: number): unknown {
  return { binData: Buffer.from(numbers(length).map((value) => value * 256)).toString('base64') };
}

/** Makes a message with a text of `length` characters. */
export function textMessage(length: number): unknown {
  return { strData: 'A sentence that somebody wrote. '.repeat(length / 32 + 1).slice(0, length) };
}

/** Makes numbers evenly spread in [0, 1), rounded, the same in every run. */
function numbers(length: number): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    // Lehmer's generator.
    state = (state * 48271) % 2147483647;
    return Number((state / 2147483647).toFixed(DECIMALS));
  });
}
