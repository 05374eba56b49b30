/**
 * Whether `value` is a list whose first element is a number, and which therefore probably holds numbers only.
 *
 * Ask it before a loop over numbers, and of a table's first row only. A place in the code that reads elements
 * both of lists of numbers and of other lists makes V8 box every number, as `value[0]` would here;
 * Reflect.get does not, but takes as long as all that is done with a short row.
 */
export function isNumberRow(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && typeof Reflect.get(value, 0) === 'number';
}
