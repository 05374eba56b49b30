import { show } from '../show.ts';

/** RFC 9110, 5.6.2: a token. */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;
/** Headers that describe the transport, or that every answer gets. */
const RESERVED =
  /^(content-(length|encoding)|transfer-encoding|connection|keep-alive|trailer|upgrade|seldon-puid)$|^access-control-/;

/**
 * Checks the headers that a model gives to an answer, and converts their names to lower case.
 *
 * @throws Error naming a header that no answer can have, or whose value is not printable ASCII text.
 */
export function readOwnHeaders(given: unknown): Readonly<Record<string, string>> {
  if (typeof given !== 'object' || given === null) {
    throw new Error(`the headers are ${show(given)}; expected an object of texts by name`);
  }
  // A Map, or the platform's Headers.
  const pairs =
    Symbol.iterator in given ? [...(given as Iterable<[unknown, unknown]>)] : Object.entries(given);
  const headers = new Map<string, string>();
  for (const [name, value] of pairs.map(([name, value]) => readHeader(name, value))) {
    if (headers.has(name)) {
      throw new Error(`header ${name} is given twice; expected one value, or a list in one text`);
    }
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

function readHeader(name: unknown, given: unknown): [string, string] {
  const value = typeof given === 'number' ? String(given) : given;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new Error(`header ${show(name)}: expected a name of letters, digits and hyphens`);
  }
  const lowered = name.toLowerCase();
  if (RESERVED.test(lowered)) {
    throw new Error(`header ${lowered} cannot be set by a model`);
  }
  if (typeof value !== 'string' || !VALUE.test(value)) {
    throw new Error(`header ${lowered} is ${show(value)}; expected printable ASCII text`);
  }
  return [lowered, value];
}
