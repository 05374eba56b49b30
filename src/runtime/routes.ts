/** A method that a path can have. HEAD is also answered wherever GET is, and OPTIONS everywhere. */
export type HttpMethod = 'GET' | 'POST';

/**
 * Paths with their methods; `{name}` stands for one segment with any value. A direct invocation means the
 * first path with its first method.
 */
export type Routes = Readonly<Record<string, readonly HttpMethod[]>>;

const SHORT = '/seldon/{namespace}';
const INGRESS = `${SHORT}/{deployment}`;

/**
 * The endpoints with their paths in Seldon's protocol. Other protocols have their own paths, see protocols/.
 *
 * Paths below `/seldon` are those of Seldon's ingress. Any namespace and any deployment are served. A client
 * that has no namespace sends the deployment in its place: a REST API allows one variable for each place.
 */
export const ROUTES = {
  predict: {
    '/predict': ['GET', 'POST'],
    '/api/v1.0/predictions': ['POST'],
    '/api/v0.1/predictions': ['POST'],
    [`${INGRESS}/api/v1.0/predictions`]: ['POST'],
    [`${INGRESS}/api/v0.1/predictions`]: ['POST'],
    [`${SHORT}/api/v1.0/predictions`]: ['POST'],
  },
  'transform-input': { '/transform-input': ['GET', 'POST'] },
  'transform-output': { '/transform-output': ['GET', 'POST'] },
  route: { '/route': ['GET', 'POST'] },
  aggregate: { '/aggregate': ['GET', 'POST'] },
  'send-feedback': {
    '/send-feedback': ['GET', 'POST'],
    '/api/v1.0/feedback': ['POST'],
    '/api/v0.1/feedback': ['POST'],
    [`${INGRESS}/api/v1.0/feedback`]: ['POST'],
    [`${INGRESS}/api/v0.1/feedback`]: ['POST'],
    [`${SHORT}/api/v1.0/feedback`]: ['POST'],
  },
  ping: { '/health/ping': ['GET'] },
  'health-status': {
    '/health/status': ['GET'],
    '/api/v1.0/health/status': ['GET'],
    [`${INGRESS}/api/v1.0/health/status`]: ['GET'],
  },
  metadata: {
    '/metadata': ['GET'],
    '/api/v1.0/metadata': ['GET'],
    [`${INGRESS}/api/v1.0/metadata`]: ['GET'],
  },
  /** The second path is the default of PREDICTIVE_UNIT_METRICS_ENDPOINT. */
  metrics: { '/metrics': ['GET'], '/prometheus': ['GET'] },
  openapi: { '/seldon.json': ['GET'] },
  docs: {
    '/docs': ['GET'],
    '/api/v1.0/doc': ['GET'],
    [`${INGRESS}/api/v1.0/doc`]: ['GET'],
  },
} as const satisfies Readonly<Record<string, Routes>>;

/** The name of an endpoint. */
export type EndpointName = keyof typeof ROUTES;

/**
 * The word of DEPLOYED_ENDPOINTS for the paths that `predict` has in other protocols than Seldon's: all kinds
 * of classes are called there.
 */
export const INFER = 'infer';

/** A word of DEPLOYED_ENDPOINTS. */
export type DeployedName = EndpointName | typeof INFER;

/** Routes with the path of PREDICTIVE_UNIT_METRICS_ENDPOINT in place of its default. */
export function withMetricsPath(routes: Routes, metricsPath: string): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([path, methods]) => [path === '/prometheus' ? metricsPath : path, methods]),
  );
}

/**
 * The endpoints of each function, by the name of its file in handlers/. `not-found` answers every other path.
 */
export const FUNCTIONS: Readonly<Record<string, readonly EndpointName[]>> = {
  predict: ['predict'],
  'transform-input': ['transform-input'],
  'transform-output': ['transform-output'],
  route: ['route'],
  aggregate: ['aggregate'],
  'send-feedback': ['send-feedback'],
  health: ['health-status'],
  ping: ['ping'],
  metadata: ['metadata'],
  metrics: ['metrics'],
  openapi: ['openapi'],
  docs: ['docs'],
  'not-found': [],
  /** Answers records, by the functions of the methods. */
  batch: [],
  /** Has the endpoints of a graph, see graph/routes.ts. */
  graph: [],
  /** Passes events on to the others. */
  all: [],
  /** The same for the paths of the Open Inference Protocol, below a URL of its own. */
  v2: [],
};
