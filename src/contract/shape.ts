/** The number of elements of an array with this shape. */
export function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** The shape of nested lists, seen along the first element of each. */
export function shapeOf(nested: unknown): number[] {
  return Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [];
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
