const ROUTE = '/seldon.json';

/**
 * A path without empty segments, because `//` starts the name of a host, and without braces, because they
 * mark variables.
 */
const BASE_PATH = /^(\/[\w.~$+!*'()@:,;=&%-]+)+$/;

/**
 * The part of the path of the document before its route, such as the base path of a custom domain; otherwise
 * `/`.
 */
export function serverUrl(path: string): string {
  const base = path.endsWith(ROUTE) ? path.slice(0, -ROUTE.length) : '';
  return BASE_PATH.test(base) ? base : '/';
}
