import { isRecord } from '../../objects.ts';

/** One name with one value; a repeated name comes once for each of its values. */
export type Pair = readonly [name: string, value: string];

/**
 * The pairs of a map name -> value or name -> values, the two ways in which AWS sends headers and query.
 *
 * @param map - may be absent or null; what is not text in it is left out.
 * @param otherwise - the map to read when `map` holds nothing.
 */
export function pairsOf(map: unknown, otherwise?: unknown): Pair[] {
  const pairs: Pair[] = [];
  if (isRecord(map)) {
    // Loops: with flatMap and flat this is a third of what a small request costs.
    for (const name of Object.keys(map)) {
      for (const text of textsOf(map[name])) {
        pairs.push([name, text]);
      }
    }
  }
  return pairs.length > 0 || otherwise === undefined ? pairs : pairsOf(otherwise);
}

/** `value`, a text or a list of texts, as a list of texts. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

/** Headers by lower-case name; the values of a repeated one joined with `, ` (RFC 9110, 5.3). */
export function toHeaders(pairs: Iterable<Pair>): Record<string, string> {
  const headers = emptyMap<string>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return headers;
}

/** Query values by name, in order. */
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
