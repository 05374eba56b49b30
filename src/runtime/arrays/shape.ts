import { badData } from '../errors.ts';
import { show } from '../show.ts';
import { type Growth, grow } from './growth.ts';

/** Limit of axes, as in numpy. */
export const MAX_AXES = 32;
/** Bytes of an empty list, at most: in memory and as text. */
const EMPTY_LIST_BYTES = 64;

/**
 * Checks that an array can have `shape`: at most 32 axes with whole numbers for lengths. The lists of
 * an array without elements count as growth.
 *
 * @param path - place of the shape in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA.
 * @internal
 */
export function checkShape(
  shape: readonly unknown[],
  path: string,
  growth: Growth,
): asserts shape is readonly number[] {
  if (shape.length > MAX_AXES) {
    throw badData(`${path}: expected at most ${MAX_AXES} axes, got ${shape.length}`);
  }
  if (!shape.every(isLength)) {
    const axis = shape.findIndex((length) => !isLength(length));
    throw badData(`${path}[${axis}]: expected a whole number of 0 or more, got ${show(shape[axis])}`);
  }
  const lists = sizeOf(shape.slice(0, Math.max(0, shape.indexOf(0))));
  grow(growth, (lists - 1) * EMPTY_LIST_BYTES, path);
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
 * Fits `shape` to `size` elements; one axis may be -1, and gets the length that is left. Undefined when the
 * sizes differ.
 */
export function fittedShape(shape: readonly number[], size: number): readonly number[] | undefined {
  // The size has the -1 as a factor. A second one stays, and is not the length of an axis.
  const unknown = shape.indexOf(-1);
  const fitted = shape.map((length, i) => (i === unknown ? -size / sizeOf(shape) : length));
  return fitted.every(isLength) && sizeOf(fitted) === size ? fitted : undefined;
}

/**
 * Fits `shape` as {@link fittedShape} does.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when the sizes differ.
 */
export function fitShape(shape: readonly number[], size: number): readonly number[] {
  const fitted = fittedShape(shape, size);
  if (fitted === undefined) {
    throw badData(`cannot reshape array of size ${size} into shape (${shape})`);
  }
  return fitted;
}

/** Whether `length` can be the length of an axis. */
export function isLength(length: unknown): length is number {
  return Number.isInteger(length) && (length as number) >= 0;
}
