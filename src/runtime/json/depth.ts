import { badData } from '../errors.ts';
import { isNumberRow } from './number-row.ts';

/**
 * Levels of a JSON text that is read, at most. The reference reads JSON with a recursion limit near this; a
 * deeper value could not be written back either.
 */
export const MAX_READ_DEPTH = 900;

/** Levels of a value that is written, at most: of one that was read, with room for what is put around it. */
export const MAX_WRITE_DEPTH = MAX_READ_DEPTH + 100;

/** Facts about a value that is read. */
export interface Survey {
  /** Whether it has a number that may be the rounded value of an integer. */
  hasBigNumber: boolean;
}

/**
 * Checks that `value` is not nested too deep, and notes in `found` what else there is to know.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is nested deeper than could be written back.
 */
export function checkDepth<T>(value: T, found: Survey = { hasBigNumber: false }): T {
  if (isDeeper(value, MAX_READ_DEPTH, found)) {
    throw badData(`the JSON is nested deeper than ${MAX_READ_DEPTH} levels`);
  }
  return value;
}

function isDeeper(value: unknown, levels: number, found: Survey): boolean {
  if (typeof value !== 'object' || value === null) {
    found.hasBigNumber ||= typeof value === 'number' && Math.abs(value) >= BIG;
    return false;
  }
  if (levels === 0) {
    return true;
  }
  const list = Array.isArray(value) ? value : Object.values(value);
  return !(isNumberRow(list) && areSmallNumbers(list)) && isAnyDeeper(list, levels - 1, found);
}

/** A loop: for many short rows, the contexts of closures would take longer than the numbers. */
function isAnyDeeper(list: readonly unknown[], levels: number, found: Survey): boolean {
  const isTable = isNumberRow(list[0]);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (isTable && levels > 0 && Array.isArray(item) && areSmallNumbers(item)) {
      continue;
    }
    if (isDeeper(item, levels, found)) {
      return true;
    }
  }
  return false;
}

/** From here on, a double may be the rounded value of an integer. */
const BIG = 2 ** 53;

function areSmallNumbers(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (typeof value !== 'number' || value >= BIG || value <= -BIG) {
      return false;
    }
  }
  return true;
}
