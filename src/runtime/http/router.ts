import type { Config } from '../config.ts';
import { SeldonError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { preflightHeaders } from './cors.ts';
import type { Endpoint, HttpMethod } from './endpoint.ts';
import type { HttpRequest, HttpResponse } from './request.ts';

/**
 * The answer of the endpoint that `request` is for.
 *
 * A path counts when it ends with a route, so that base paths of custom domains do not matter; the function's
 * own URL (`/`) and a direct invocation mean the first route. OPTIONS is answered everywhere, HEAD wherever
 * GET is.
 *
 * @throws SeldonError 404, or 405 with `Allow`.
 */
export async function answerRoute(
  endpoints: readonly Endpoint[],
  request: HttpRequest,
  config: Config,
  invocation: Invocation,
): Promise<HttpResponse> {
  const found = findRoute(endpoints, request.path);
  if (request.method === 'OPTIONS') {
    return options(found?.methods ?? ['GET'], request, config);
  }
  if (found === undefined) {
    throw new SeldonError('MICROSERVICE_NOT_FOUND', `there is no ${request.path}${describe(endpoints)}`);
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (method !== '' && !found.methods.includes(method as HttpMethod)) {
    const allow = allowed(found.methods);
    throw new SeldonError(
      'MICROSERVICE_METHOD_NOT_ALLOWED',
      `${request.method} ${request.path} is not allowed; expected ${allow}`,
      { headers: { allow } },
    );
  }
  const response = await found.endpoint.respond(request, config, invocation);
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}

function findRoute(
  endpoints: readonly Endpoint[],
  path: string,
): { endpoint: Endpoint; methods: readonly HttpMethod[] } | undefined {
  let best: { endpoint: Endpoint; methods: readonly HttpMethod[]; route: string } | undefined;
  for (const endpoint of endpoints) {
    const asked = endpoint.mayEndInSlash ? path.replace(/\/$/, '') : path;
    for (const [route, methods] of Object.entries(endpoint.routes)) {
      if (path === '' || path === '/') {
        return { endpoint, methods };
      }
      if (asked.endsWith(route) && route.length > (best?.route.length ?? 0)) {
        best = { endpoint, methods, route };
      }
    }
  }
  return best;
}

/** 200 with an empty page, as the reference's web framework answers. */
function options(methods: readonly HttpMethod[], request: HttpRequest, config: Config): HttpResponse {
  const allow = allowed(methods);
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      allow,
      ...preflightHeaders(request, config, allow),
    },
    body: '',
  };
}

function allowed(methods: readonly HttpMethod[]): string {
  return [...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
}

function describe(endpoints: readonly Endpoint[]): string {
  const routes = endpoints.flatMap(({ routes }) => Object.keys(routes));
  return routes.length === 0 ? '' : `; this function answers ${routes.join(', ')}`;
}
