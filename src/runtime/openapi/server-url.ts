/** The paths of the document, at the end of a request's path. */
const ROUTE = /(\/seldon\.json|\/v2(\/models\/[^/]+)?\/docs\/dataplane\.json)\/?$/;

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
  const base = ROUTE.test(path) ? path.replace(ROUTE, '') : '';
  return BASE_PATH.test(base) ? base : '/';
}
