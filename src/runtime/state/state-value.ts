import { TYPED_ARRAY } from '../arrays/dtype.ts';
import { isPlainObject } from '../objects.ts';

/** A part of a state that cannot be stored. */
interface Refusal {
  readonly what: string;
  /** Place in the value, as in code: `.weights[1]`. */
  readonly path: string;
}

/**
 * Checks that a state is data that comes back from a store unchanged: numbers, strings, booleans, bigints,
 * null, undefined, Dates, lists, plain objects, Maps, Sets, typed arrays and ArrayBuffers, nested at will.
 *
 * @param source - where it comes from, for the error: `getState()`.
 * @throws Error with the place of a function, symbol, symbol key, promise or instance of a class, also of one
 *   that extends Map or Array: they would come back as something else.
 */
export function checkStateValue(state: unknown, source: string): void {
  const refusal = findRefused(state, new Set());
  if (refusal === undefined) {
    return;
  }
  throw new Error(
    `${source}: state${refusal.path} is ${refusal.what}; expected data: numbers, strings, lists, plain objects, Maps, Sets, typed arrays, Dates`,
  );
}

// Paths are built only on the way back: one for each of a million numbers takes a second.
function findRefused(value: unknown, seen: Set<object>): Refusal | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') {
    return { what: `a ${typeof value}`, path: '' };
  }
  if (typeof value !== 'object' || value === null || seen.has(value)) {
    return undefined;
  }
  seen.add(value);
  return findLost(value) ?? findInside(value, seen);
}

/** The prototypes of what comes back as it was; only plain objects may have another. */
const KNOWN: ReadonlySet<unknown> = new Set(
  [...Object.values(TYPED_ARRAY), Uint8ClampedArray, Buffer, ArrayBuffer, Date, Array, Set, Map].map(
    ({ prototype }) => prototype,
  ),
);

/** Parts of the object itself that a store would not give back: its class, or properties of its own. */
function findLost(value: object): Refusal | undefined {
  const isPlain = isPlainObject(value);
  if (!isPlain && !KNOWN.has(Object.getPrototypeOf(value))) {
    return { what: `an instance of ${nameOf(value)}`, path: '' };
  }
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) {
    return { what: 'a value under a symbol', path: `[${String(symbol)}]` };
  }
  if (isPlain) {
    return findHidden(value);
  }
  const hasElements = Array.isArray(value) || ArrayBuffer.isView(value);
  const [name] = hasElements ? [] : Object.getOwnPropertyNames(value);
  return name === undefined
    ? undefined
    : { what: `a property of an instance of ${nameOf(value)}`, path: `.${name}` };
}

function findHidden(value: object): Refusal | undefined {
  const names = Object.getOwnPropertyNames(value);
  if (names.length === Object.keys(value).length) {
    return undefined;
  }
  const hidden = names.find((name) => !Object.prototype.propertyIsEnumerable.call(value, name));
  return { what: 'a property that is not enumerable', path: `.${hidden}` };
}

function findInside(value: object, seen: Set<object>): Refusal | undefined {
  if (ArrayBuffer.isView(value)) {
    return undefined;
  }
  if (Array.isArray(value)) {
    return findAmong(value, seen, (index) => `[${index}]`);
  }
  if (value instanceof Set) {
    return findAmong(value, seen, (index) => `<${index}>`);
  }
  if (value instanceof Map) {
    const keys = [...value.keys()];
    const name = (key: unknown, index: number) => (typeof key === 'string' ? key : index);
    return (
      findAmong(keys, seen, (index) => `.key(${index})`) ??
      findAmong(value.values(), seen, (index) => `.get(${name(keys[index], index)})`)
    );
  }
  return findAmong(Object.values(value), seen, (index) => `.${Object.keys(value)[index]}`);
}

function findAmong(
  values: Iterable<unknown>,
  seen: Set<object>,
  place: (index: number) => string,
): Refusal | undefined {
  let index = 0;
  for (const value of values) {
    const refusal = findRefused(value, seen);
    if (refusal !== undefined) {
      return { ...refusal, path: `${place(index)}${refusal.path}` };
    }
    index++;
  }
  return undefined;
}

function nameOf(value: object): string {
  return value.constructor?.name || 'a class';
}
