import { isTypedArray } from '../arrays/dtype.ts';
import { toList } from '../arrays/nested-lists.ts';
import { isPlainObject } from '../objects.ts';
import { kindOf } from '../show.ts';
import { MAX_WRITE_DEPTH } from './depth.ts';
import { isNumberRow } from './number-row.ts';

/** As a Date, which says itself what it is written as. */
interface WithJson {
  toJSON(): unknown;
}

/**
 * Converts `value` into what valid JSON can carry, for {@link stringify}: numbers that are not finite become
 * the strings of protobuf's JSON mapping ("NaN", "Infinity", "-Infinity"), NdArrays and typed arrays become
 * lists, and bigints stay. A part that needs no change is returned as it is; nothing is changed in place.
 *
 * @param path - place of `value` in the answer, for the error.
 * @throws Error for what JSON cannot carry: Buffers, Maps, class instances, cycles.
 */
export function toJsonValue(value: unknown, path: string, depth = 0): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw notJson(path, `a ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) {
    return finiteOrWord(value);
  }
  if (depth > MAX_WRITE_DEPTH) {
    throw notJson(path, `nested deeper than ${MAX_WRITE_DEPTH} levels, or contains itself`);
  }
  if (Array.isArray(value)) {
    return toJsonList(value, path, depth);
  }
  if (isTypedArray(value)) {
    // Only a Buffer has one, which gives a form that no client knows.
    if ('toJSON' in value) {
      throw notJson(path, kindOf(value));
    }
    return toJsonList(toList([value]), path, depth);
  }
  if (typeof (value as WithJson).toJSON === 'function') {
    return toJsonValue((value as WithJson).toJSON(), path, depth + 1);
  }
  if (!isPlainObject(value)) {
    throw notJson(path, kindOf(value));
  }
  return toJsonObject(value, path, depth);
}

/** A row-major list of numbers as JSON can carry it; booleans count as 1 and 0. */
export function toJsonNumbers(list: readonly unknown[]): readonly unknown[] {
  if (isFiniteList(list)) {
    return list;
  }
  return list.map((value) => (typeof value === 'boolean' ? Number(value) : finiteOrWord(value)));
}

/** JSON text; bigints are written with all their digits. */
export function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    // JSON.stringify throws a TypeError for a bigint, and here for nothing else.
    if (!(error instanceof TypeError)) {
      throw error;
    }
    const marker = `${Math.random()} `;
    const text = JSON.stringify(value, (_key, inner) =>
      typeof inner === 'bigint' ? `${marker}${inner}` : inner,
    );
    return text.replace(new RegExp(`"${marker}(-?\\d+)"`, 'g'), '$1');
  }
}

function finiteOrWord(value: unknown): unknown {
  return typeof value !== 'number' || Number.isFinite(value) ? value : String(value);
}

function toJsonList(list: unknown[], path: string, depth: number): unknown[] {
  // Without the paths of elements, which take longer than these.
  if (isFiniteList(list) || list.every(isPlain)) {
    return list;
  }
  const isTable = isNumberRow(list[0]);
  let changed: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    // Skips the path: for many short rows, the paths would take as long as the numbers.
    if (isTable && Array.isArray(item) && areFinite(item)) {
      continue;
    }
    const inner = toJsonValue(item, `${path}[${i}]`, depth + 1);
    if (inner === item) {
      continue;
    }
    changed ??= list.slice();
    changed[i] = inner;
  }
  return changed ?? list;
}

function toJsonObject(object: Record<string, unknown>, path: string, depth: number): unknown {
  let changed: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const inner = toJsonValue(object[key], `${path}.${key}`, depth + 1);
    if (inner === object[key]) {
      continue;
    }
    // Without a prototype: a key may be `__proto__`.
    changed ??= { __proto__: null, ...object } as Record<string, unknown>;
    changed[key] = inner;
  }
  return changed ?? object;
}

function isFiniteList(list: readonly unknown[]): boolean {
  return isNumberRow(list) && areFinite(list);
}

function areFinite(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    if (!Number.isFinite(list[i])) {
      return false;
    }
  }
  return true;
}

/** Whether JSON can carry it as it is; so it can some others. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' || value === null || Number.isFinite(value);
}

function notJson(path: string, what: string): Error {
  // That of a value which contains itself has as many names as the limit.
  return new Error(`${path.replace(/(.{99}).+/s, '$1...')} is ${what}, which JSON cannot carry`);
}
