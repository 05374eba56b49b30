import { isPlainObject } from './json-value.ts';
import { isTypedArray } from './ndarray.ts';

/**
 * Checks that a state is data that a store gives back as it was: numbers, strings, booleans, bigints, null, undefined, Dates,
 * lists, plain objects, Maps, Sets, typed arrays and ArrayBuffers, nested as you like.
 *
 * @throws Error naming the place of a function, symbol, class instance or promise, which would come back as something else.
 */
export function checkStateValue(value: unknown, path = 'state', seen: Set<object> = new Set()): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw refused(path, `a ${typeof value}`);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (isTypedArray(value) || value instanceof ArrayBuffer || value instanceof Date) return;
  for (const [place, inner] of partsOf(value, path)) checkStateValue(inner, place, seen);
}

/** What `value` holds, each with its place. */
function partsOf(value: object, path: string): (readonly [place: string, inner: unknown])[] {
  if (Array.isArray(value)) return value.map((inner, index) => [`${path}[${index}]`, inner]);
  if (value instanceof Set) return [...value].map((inner, index) => [`${path}<${index}>`, inner]);
  if (value instanceof Map) {
    return [...value].flatMap(([key, inner], index) => [
      [`${path}.key(${index})`, key],
      [`${path}.get(${typeof key === 'string' ? key : index})`, inner],
    ]);
  }
  if (isPlainObject(value)) return Object.entries(value).map(([key, inner]) => [`${path}.${key}`, inner]);
  throw refused(path, `an instance of ${value.constructor?.name ?? 'a class'}`);
}

function refused(path: string, what: string): Error {
  return new Error(
    `getState(): ${path} is ${what}; expected data: numbers, strings, lists, plain objects, Maps, Sets, typed arrays, Dates`,
  );
}
