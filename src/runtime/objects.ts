/** Whether `value` is an object other than null and lists. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is a plain object, as from a literal or JSON, not an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  // The prototype's prototype: objects of another realm (a vm, a worker) are plain too.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
