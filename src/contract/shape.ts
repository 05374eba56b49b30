/** The number of elements of an array with this shape. */
export function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Axes of an array, at most, as in numpy. Deeper lists would fill the stack. */
const MAX_AXES = 32;

/** The shape of nested lists, seen along the first element of each; it ends after the 32 axes of an array. */
export function shapeOf(nested: unknown): number[] {
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level) && shape.length < MAX_AXES; level = level[0]) {
    shape.push(level.length);
  }
  return shape;
}

/** Whether nested lists have this shape everywhere. */
export function hasShape(nested: unknown, [length, ...rest]: readonly number[]): boolean {
  if (length === undefined) {
    return !Array.isArray(nested);
  }
  return Array.isArray(nested) && nested.length === length && nested.every((each) => hasShape(each, rest));
}

/** Whether JSON is a list of lengths. */
export function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);
}
