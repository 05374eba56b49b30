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

/** Makes the 404 error, which names the routes that exist. */
export function notFound({ path }: HttpRequest, endpoints: readonly Routed[]): SeldonError {
  const routes = endpoints.flatMap(({ paths }) => Object.keys(paths));
  const known = routes.length === 0 ? '' : `; this function answers ${routes.join(', ')}`;
  return new SeldonError('MICROSERVICE_NOT_FOUND', `${path} does not exist${known}`);
}
