import { ROUTES, type Routes } from '../routes.ts';
import type { GraphProtocol } from './plan.ts';

const GET = ['GET'] as const;
const POST = ['POST'] as const;
type Methods = typeof GET | typeof POST;
const PREFIXES = ['', '/seldon/{namespace}', '/seldon/{namespace}/{deployment}'];

/** Describes the graph, whatever its protocol is. */
const DESCRIBING = { openapi: ROUTES.openapi, docs: ROUTES.docs } as const;

/** Says whether the graph can serve, whatever its protocol is. */
const READY: Routes = { '/ready': GET, '/health/status': GET };
const LIVE: Routes = { '/live': GET };

/**
 * The endpoints of a graph with their paths: those that the executor has, with and without the prefixes of
 * Seldon's ingress, and what describes them.
 */
export const GRAPH_ROUTES = {
  predictions: api('predictions', POST),
  feedback: api('feedback', POST),
  metadata: { '/metadata': GET, ...api('metadata', GET) },
  'unit-metadata': api('metadata/{node}', GET),
  'unit-status': api('status/{node}', GET),
  ready: {
    ...READY,
    ...api('status', GET),
    ...withPrefixes(['/api/v1.0/health/status'], GET),
  },
  live: LIVE,
  ...DESCRIBING,
} as const satisfies Readonly<Record<string, Routes>>;

/** The name of an endpoint of a graph. */
export type GraphEndpointName = keyof typeof GRAPH_ROUTES;

/**
 * The paths of the endpoints of a graph, by its protocol. `{model}` is a unit, or the deployment; of a call,
 * any name.
 */
export const ROUTES_OF: Readonly<Record<GraphProtocol, Readonly<Record<GraphEndpointName, Routes>>>> = {
  seldon: GRAPH_ROUTES,
  'open-inference': {
    predictions: { '/v2/models/infer': POST, '/v2/models/{model}/infer': POST },
    feedback: {},
    metadata: { '/v2': GET, '/v2/models': GET },
    'unit-metadata': { '/v2/models/{model}': GET },
    'unit-status': { '/v2/models/{model}/ready': GET },
    ready: { ...READY, '/v2/health/ready': GET },
    live: { ...LIVE, '/v2/health/live': GET },
    ...DESCRIBING,
  },
  tensorflow: {
    // Its last segment is the model, and what is asked of it: a GET is for its status.
    predictions: { '/v1/models:predict': POST, '/v1/models/{model}': ['GET', 'POST'] },
    feedback: api('feedback', POST),
    metadata: { '/v1/models': GET },
    'unit-metadata': { '/v1/models/{model}/metadata': GET },
    'unit-status': {},
    ready: READY,
    live: LIVE,
    ...DESCRIBING,
  },
};

/** A path of both versions of Seldon's API. */
function api(path: string, methods: Methods): Routes {
  return withPrefixes([`/api/v1.0/${path}`, `/api/v0.1/${path}`], methods);
}

function withPrefixes(paths: readonly string[], methods: Methods): Routes {
  return Object.fromEntries(PREFIXES.flatMap((prefix) => paths.map((path) => [`${prefix}${path}`, methods])));
}
