import { SeldonError } from '../errors.ts';
import type { HttpMethod, Routes } from '../routes.ts';
import type { HttpRequest } from './request.ts';

/** The part of an endpoint that the router uses. */
export interface Routed {
  readonly paths: Routes;
  /** Whether a path may end in a slash; API Gateway routes such a path as if the slash were not there. */
  readonly mayEndInSlash?: boolean | undefined;
}

/** A route that a request's path matches. */
export interface Found<E extends Routed> {
  readonly endpoint: E;
  readonly methods: readonly HttpMethod[];
  /** Values of its `{name}` segments, percent-decoded; undefined when it has none. */
  readonly params: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds the route of a path.
 *
 * A path matches a route when it ends with the route, so that base paths of custom domains do not matter. Of
 * several routes, the one with the most segments wins, then the one with the fewest `{name}` segments. The
 * function's own URL (`/`) and a direct invocation mean the first route.
 */
export function findRoute<E extends Routed>(endpoints: readonly E[], path: string): Found<E> | undefined {
  let best: Found<E> | undefined;
  let bestRank = 0;
  for (const endpoint of endpoints) {
    const asked = endpoint.mayEndInSlash ? path.replace(/\/$/, '') : path;
    for (const route in endpoint.paths) {
      const methods = endpoint.paths[route] as readonly HttpMethod[];
      if (path === '' || path === '/') {
        return { endpoint, methods, params: undefined };
      }
      const match = matchRoute(route, asked);
      if (match !== undefined && match.rank > bestRank) {
        best = { endpoint, methods, params: match.params };
        bestRank = match.rank;
      }
    }
  }
  return best;
}

/**
 * Matches a path with a route; the highest rank wins.
 */
function matchRoute(
  route: string,
  path: string,
): { readonly rank: number; readonly params: Readonly<Record<string, string>> | undefined } | undefined {
  if (!route.includes('{')) {
    return path.endsWith(route)
      ? { rank: rankOf(route.split('/').length - 1, 0), params: undefined }
      : undefined;
  }
  // Paths without variables are called most often, and splitting takes longer than this.
  if (!path.includes(route.slice(0, route.indexOf('{')))) {
    return undefined;
  }
  const wanted = route.split('/').slice(1);
  const given = path.split('/').slice(-wanted.length);
  // Without a prototype: a name may be any word.
  const params: Record<string, string> = Object.create(null);
  for (const [index, segment] of wanted.entries()) {
    const value = given[index];
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (!value || (name === undefined && value !== segment)) {
      return undefined;
    }
    if (name !== undefined) {
      params[name] = decodeSegment(value);
    }
  }
  return { rank: rankOf(wanted.length, Object.keys(params).length), params };
}

/** More segments first, then fewer `{name}` segments. */
function rankOf(segments: number, params: number): number {
  return segments * 1000 - params;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Checks the method of a request.
 *
 * @throws SeldonError 405 with `Allow` when the route does not have this method.
 */
export function checkMethod({ method, path }: HttpRequest, methods: readonly HttpMethod[]): void {
  const wanted = method === 'HEAD' ? 'GET' : method;
  if (wanted === '' || methods.some((each) => each === wanted)) {
    return;
  }
  const allow = allowed(methods);
  throw new SeldonError(
    'MICROSERVICE_METHOD_NOT_ALLOWED',
    `${method} ${path} is not allowed; expected ${allow}`,
    { headers: { allow } },
  );
}

/** The value of `Allow`: OPTIONS is answered everywhere, HEAD wherever GET is. */
export function allowed(methods: readonly HttpMethod[]): string {
  return [...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
}

/** Makes the 404 error, which names the routes that exist. */
export function notFound({ path }: HttpRequest, endpoints: readonly Routed[]): SeldonError {
  const routes = endpoints.flatMap(({ paths }) => Object.keys(paths));
  const known = routes.length === 0 ? '' : `; this function answers ${routes.join(', ')}`;
  return new SeldonError('MICROSERVICE_NOT_FOUND', `${path} does not exist${known}`);
}
