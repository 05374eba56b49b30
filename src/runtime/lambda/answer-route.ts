import type { Config } from '../config.ts';
import type { HttpResponse } from '../http/request.ts';
import { findRoute, hasMethod, type Routed } from '../http/router.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { protocols } from '../protocols/index.ts';
import { type EndpointName, type Routes, withMetricsPath } from '../routes.ts';

// Few requests have no route.
const loadErrors = () => import('../http/route-errors.ts');

/** An endpoint with its paths in all protocols. */
export interface Served extends Routed {
  readonly endpoint: Endpoint;
}

/** Adds the paths of all protocols to endpoints. */
export async function serve(endpoints: readonly Endpoint[], config: Config): Promise<readonly Served[]> {
  const served: Served[] = [];
  for (const endpoint of endpoints) {
    const { routes, hasCheckedPaths, mayEndInSlash } = endpoint;
    served.push({
      endpoint,
      mayEndInSlash,
      paths:
        typeof routes === 'string'
          ? pathsOf(routes, config)
          : hasCheckedPaths
            ? routes
            : await checked(routes),
    });
  }
  return served;
}

/**
 * No function of this package has paths that are not checked: the code that checks them is loaded only then.
 */
async function checked(routes: Routes): Promise<Routes> {
  const { checkPaths } = await import('../http/check-paths.ts');
  checkPaths(routes);
  return routes;
}

/**
 * The paths of an endpoint in all protocols, with the second path of /metrics that the configuration says.
 */
export function pathsOf(name: EndpointName, config: Config): Routes {
  return withMetricsPath(protocols.routesOf(name), config.PREDICTIVE_UNIT_METRICS_ENDPOINT);
}

/**
 * Answers a request with the endpoint of its path.
 *
 * OPTIONS is answered everywhere, HEAD wherever GET is.
 *
 * @throws SeldonError 404 for an unknown path; 405 with `Allow` for a method that the path does not have.
 */
export async function answerRoute(
  served: readonly Served[],
  context: Omit<CallContext, 'protocol'>,
): Promise<HttpResponse> {
  const { request, invocation, instance, unit, maxResponseBytes, fit } = context;
  const protocol = protocols.of(request);
  const found = findRoute(served, request.path, protocol.mayEndInSlash);
  if (request.method === 'OPTIONS') {
    // Only browsers ask, and only once a day.
    const { answerOptions } = await import('./options.ts');
    return answerOptions(request, found?.methods ?? ['GET'], instance.config);
  }
  if (found === undefined) {
    throw (await loadErrors()).notFound(request, served);
  }
  if (!hasMethod(request, found.methods)) {
    throw (await loadErrors()).methodNotAllowed(request, found.methods);
  }
  const { params, endpoint } = found;
  const asked = params === undefined ? request : { ...request, params };
  // Written out: a spread takes 1 us here.
  const complete = { request: asked, invocation, instance, unit, protocol, maxResponseBytes, fit };
  const response = await endpoint.endpoint.respond(complete);
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}
