import { SeldonError } from '../errors.ts';
import type { HttpMethod } from '../routes.ts';
import type { HttpRequest } from './request.ts';
import type { Routed } from './router.ts';

/** Makes the 405 error, with `Allow`, for a route that does not have the method of a request. */
export function methodNotAllowed({ method, path }: HttpRequest, methods: readonly HttpMethod[]): SeldonError {
  const allow = allowed(methods);
  return new SeldonError(
    'MICROSERVICE_METHOD_NOT_ALLOWED',
    `${method} ${path} is not allowed; expected ${allow}`,
    { headers: { allow } },
  );
}

/** The value of `Allow`: OPTIONS is answered everywhere, HEAD wherever GET is. */
export function allowed(methods: readonly HttpMethod[]): string {
  return [...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
}

/** So many paths are named at most. */
const MAX_NAMED = 6;

/** Makes the 404 error, which names the routes that exist; of many, those that are most like the path. */
export function notFound({ path }: HttpRequest, endpoints: readonly Routed[]): SeldonError {
  const routes = endpoints.flatMap(({ paths }) => Object.keys(paths));
  return new SeldonError('MICROSERVICE_NOT_FOUND', `${path} does not exist${known(path, routes)}`);
}

function known(path: string, routes: readonly string[]): string {
  if (routes.length === 0) {
    return '';
  }
  return routes.length <= MAX_NAMED
    ? `; this function answers ${routes.join(', ')}`
    : `; this function answers ${routes.length} paths, such as ${nearest(path, routes).join(', ')}`;
}

/** The routes whose beginning and end have most letters in common with the path; the nearest first. */
function nearest(path: string, routes: readonly string[]): string[] {
  const rated = routes.map((route) => ({ route, likeness: likeness(path, route) }));
  rated.sort((a, b) => b.likeness - a.likeness || a.route.length - b.route.length);
  return rated.slice(0, MAX_NAMED).map(({ route }) => route);
}

function likeness(path: string, route: string): number {
  const most = Math.min(path.length, route.length);
  let before = 0;
  while (before < most && path[before] === route[before]) {
    before++;
  }
  let after = 0;
  while (after < most - before && path.at(-1 - after) === route.at(-1 - after)) {
    after++;
  }
  return before + after;
}
