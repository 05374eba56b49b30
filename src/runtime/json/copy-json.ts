import { isRecord } from '../objects.ts';

/** Copies a value that was read from JSON: lists and objects of any depth, and bigints. */
export function copyJson<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(copyJson) as T;
  }
  if (!isRecord(value)) {
    return value;
  }
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') {
      // An assignment would set the prototype.
      Object.defineProperty(copy, key, { ...OWN, value: copyJson(value[key]) });
    } else {
      copy[key] = copyJson(value[key]);
    }
  }
  return copy as T;
}

const OWN = { configurable: true, enumerable: true, writable: true };
