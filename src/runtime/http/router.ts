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
 *
 * @param mayEndInSlash - whether any path may: of all endpoints, in some protocols.
 */
export function findRoute<E extends Routed>(
  endpoints: readonly E[],
  path: string,
  mayEndInSlash = false,
): Found<E> | undefined {
  let best: Found<E> | undefined;
  let bestRank = 0;
  for (const endpoint of endpoints) {
    const asked = mayEndInSlash || endpoint.mayEndInSlash ? path.replace(/\/$/, '') : path;
    if (Object.hasOwn(endpoint.paths, asked) && !asked.includes('{')) {
      // No other route can have as many segments: the routes need not be taken apart.
      return { endpoint, methods: endpoint.paths[asked] ?? [], params: undefined };
    }
    for (const route of routesOf(endpoint.paths)) {
      const { methods, rank } = route;
      if (path === '' || path === '/') {
        return { endpoint, methods, params: undefined };
      }
      if (rank > bestRank && path.includes(route.start)) {
        const params = route.start === route.path ? undefined : readParams(route, asked);
        if (params || asked.endsWith(route.path)) {
          best = { endpoint, methods, params };
          bestRank = rank;
        }
      }
    }
  }
  return best;
}

/** A route, taken apart once. */
interface Route {
  readonly path: string;
  readonly methods: readonly HttpMethod[];
  /** The path up to its first `{name}`. */
  readonly start: string;
  readonly segments: readonly string[];
  /** More segments first, then fewer `{name}` segments. */
  readonly rank: number;
}

/** The routes of endpoints, which live as long as their function. */
const known = new WeakMap<Routes, readonly Route[]>();

function routesOf(paths: Routes): readonly Route[] {
  let routes = known.get(paths);
  if (routes === undefined) {
    routes = Object.entries(paths).map(([path, methods]) => {
      const segments = path.split('/').slice(1);
      const [start = '', ...others] = path.split('{');
      return { path, methods, start, segments, rank: segments.length * 1000 - others.length };
    });
    known.set(paths, routes);
  }
  return routes;
}

/** The values of a path's `{name}` segments; undefined when it does not match the route. */
function readParams({ segments }: Route, path: string): Readonly<Record<string, string>> | undefined {
  const given = path.split('/').slice(-segments.length);
  // Without a prototype: a name may be any word.
  const params: Record<string, string> = Object.create(null);
  const isMatch = segments.every((segment, index) => {
    const value = given[index];
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name !== undefined && value) {
      params[name] = decodeSegment(value);
      return true;
    }
    return value === segment;
  });
  return isMatch ? params : undefined;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a route has the method of a request. HEAD is also answered wherever GET is. */
export function hasMethod({ method }: HttpRequest, methods: readonly HttpMethod[]): boolean {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return wanted === '' || methods.some((each) => each === wanted);
}
