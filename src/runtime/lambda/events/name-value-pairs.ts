import { isRecord } from '../../objects.ts';

/** One name with one value. A repeated name has one pair for each of its values. */
export type Pair = readonly [name: string, value: string];

/**
 * Lists the pairs of a map from names to a value or to a list of values. AWS sends headers and queries in
 * both forms.
 *
 * @param map - may be undefined or null; values that are not text are left out.
 * @param otherwise - the map to read when `map` has no pairs.
 */
export function pairsOf(map: unknown, otherwise?: unknown): Pair[] {
  const pairs: Pair[] = [];
  if (isRecord(map)) {
    // Loops: with flatMap and flat this would take a third of the time of a small request.
    for (const name of Object.keys(map)) {
      for (const text of textsOf(map[name])) {
        pairs.push([name, text]);
      }
    }
  }
  return pairs.length > 0 || otherwise === undefined ? pairs : pairsOf(otherwise);
}

/** Makes a list of texts from one text or a list. Items that are not text are left out. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

/**
 * Collects headers by lower-case name. The values of a repeated header are joined with `, ` (RFC 9110, 5.3).
 */
export function toHeaders(pairs: Iterable<Pair>): Record<string, string> {
  const headers = emptyMap<string>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

/** Collects query values by name, in order. */
export function toQuery(pairs: Iterable<Pair>): Record<string, string[]> {
  const query = emptyMap<string[]>();
  for (const [name, value] of pairs) {
    query[name] ??= [];
    query[name].push(value);
  }
  return query;
}

// Without a prototype: a caller may name a header or a query key `__proto__` or `constructor`.
function emptyMap<T>(): Record<string, T> {
  return Object.create(null);
}
