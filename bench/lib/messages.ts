import { FEATURES } from './arithmetic.ts';

/** Digits after the point, as a client that rounds sends them: `0.483921`. */
export const DECIMALS = 6;

/**
 * Makes a message with `rows` x `columns` numbers. `decimals`: digits after the point; 20 for all digits of a
 * double, which are 16 to 18.
 */
export function arrayMessage(
  kind: 'tensor' | 'ndarray',
  rows: number,
  columns = FEATURES,
  decimals = DECIMALS,
): unknown {
  const flat = numbers(rows * columns, decimals);
  if (kind === 'tensor') {
    return { data: { tensor: { shape: [rows, columns], values: flat } } };
  }
  const nested = Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
  return { data: { ndarray: nested } };
}

/** Makes a message with `length` bytes in base64. */
export function binaryMessage(length: number): unknown {
  return { binData: Buffer.from(numbers(length).map((value) => value * 256)).toString('base64') };
}

/** Makes a message with a text of `length` characters. */
export function textMessage(length: number): unknown {
  return { strData: 'A sentence that somebody wrote. '.repeat(length / 32 + 1).slice(0, length) };
}

/** Makes numbers evenly spread in [0, 1), rounded, the same in every run. */
function numbers(length: number, decimals = DECIMALS): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    // Lehmer's generator.
    state = (state * 48271) % 2147483647;
    return Number((state / 2147483647).toFixed(decimals));
  });
}
