import { badData } from '../errors.ts';

/** Limit of axes, as in numpy. */
export const MAX_AXES = 32;
/**
 * Limit of the lists in an array without elements: without one, a few digits of a request could ask for
 * billions.
 */
const MAX_EMPTY_LISTS = 2 ** 16;

/**
 * Checks that an array can have `shape`: at most 32 axes, and not too many lists when it has no elements.
 *
 * @param path - place of the shape in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA.
 * @internal
 */
export function checkShape(shape: readonly number[], path: string): readonly number[] {
  if (shape.length > MAX_AXES) {
    throw badData(`${path}: expected at most ${MAX_AXES} axes, got ${shape.length}`);
  }
  const lists = sizeOf(shape.slice(0, Math.max(0, shape.indexOf(0))));
  if (lists > MAX_EMPTY_LISTS) {
    throw badData(`${path}: an array without elements has at most ${MAX_EMPTY_LISTS} lists, got ${lists}`);
  }
  return shape;
}

/** Number of elements of `shape`. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) {
    size *= length;
  }
  return size;
}

/**
 * Fits `shape` to `size` elements; one axis may be -1, and gets the length that is left.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
 */
export function fitShape(shape: readonly number[], size: number): readonly number[] {
  const unknown = shape.indexOf(-1);
  const fitted =
    unknown < 0
      ? shape
      : shape.map((length, i) =>
          i === unknown ? size / sizeOf(shape.filter((_, j) => j !== unknown)) : length,
        );
  if (!fitted.every(isLength) || sizeOf(fitted) !== size) {
    throw badData(`cannot reshape array of size ${size} into shape (${shape})`);
  }
  return fitted;
}

/** Whether `length` can be the length of an axis. */
export function isLength(length: number): boolean {
  return Number.isInteger(length) && length >= 0;
}
