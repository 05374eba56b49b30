/** Whether `value` is an object: not null, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is an object as a literal or JSON makes it, not an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  // The prototype's prototype: objects of another realm (a vm, a worker) are plain too.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/**
 * Whether `value` is a list that begins with a number, and so is one of numbers, likely.
 *
 * To be asked before a loop over numbers, and of a table's first row only. A place in the code that reads
 * elements both of lists of numbers and of others makes V8 box every number, as `value[0]` would here;
 * Reflect.get does not, but takes as long as all that is done with a short row.
 */
export function isNumberRow(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && typeof Reflect.get(value, 0) === 'number';
}
