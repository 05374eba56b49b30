import { ROUTES, type Routes } from '../routes.ts';
import type { GraphProtocol } from './plan.ts';

const GET = ['GET'] as const;
const POST = ['POST'] as const;
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
  predictions: withPrefixes(['/api/v1.0/predictions', '/api/v0.1/predictions'], POST),
  feedback: withPrefixes(['/api/v1.0/feedback', '/api/v0.1/feedback'], POST),
  metadata: { '/metadata': GET, ...withPrefixes(['/api/v1.0/metadata', '/api/v0.1/metadata'], GET) },
  'unit-metadata': withPrefixes(['/api/v1.0/metadata/{node}', '/api/v0.1/metadata/{node}'], GET),
  'unit-status': withPrefixes(['/api/v1.0/status/{node}', '/api/v0.1/status/{node}'], GET),
  ready: {
    ...READY,
    ...withPrefixes(['/api/v1.0/status', '/api/v0.1/status', '/api/v1.0/health/status'], GET),
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
    feedback: withPrefixes(['/api/v1.0/feedback', '/api/v0.1/feedback'], POST),
    metadata: { '/v1/models': GET },
    'unit-metadata': { '/v1/models/{model}/metadata': GET },
    'unit-status': {},
    ready: READY,
    live: LIVE,
    ...DESCRIBING,
  },
};

function withPrefixes(paths: readonly string[], methods: typeof GET | typeof POST): Routes {
  return Object.fromEntries(PREFIXES.flatMap((prefix) => paths.map((path) => [`${prefix}${path}`, methods])));
}
