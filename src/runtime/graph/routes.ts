import { ROUTES, type Routes } from '../routes.ts';

const PREFIXES = ['', '/seldon/{namespace}', '/seldon/{namespace}/{deployment}'];

/**
 * The endpoints of a graph with their paths: those that the executor has, with and without the prefixes of
 * Seldon's ingress, and what describes them.
 */
export const GRAPH_ROUTES = {
  predictions: withPrefixes(['/api/v1.0/predictions', '/api/v0.1/predictions'], 'POST'),
  feedback: withPrefixes(['/api/v1.0/feedback', '/api/v0.1/feedback'], 'POST'),
  metadata: { '/metadata': ['GET'], ...withPrefixes(['/api/v1.0/metadata', '/api/v0.1/metadata'], 'GET') },
  'unit-metadata': withPrefixes(['/api/v1.0/metadata/{node}', '/api/v0.1/metadata/{node}'], 'GET'),
  'unit-status': withPrefixes(['/api/v1.0/status/{node}', '/api/v0.1/status/{node}'], 'GET'),
  ready: {
    '/ready': ['GET'],
    '/health/status': ['GET'],
    ...withPrefixes(['/api/v1.0/status', '/api/v0.1/status', '/api/v1.0/health/status'], 'GET'),
  },
  live: { '/live': ['GET'] },
  openapi: ROUTES.openapi,
  docs: ROUTES.docs,
} as const satisfies Readonly<Record<string, Routes>>;

function withPrefixes(paths: readonly string[], method: 'GET' | 'POST'): Routes {
  return Object.fromEntries(
    PREFIXES.flatMap((prefix) => paths.map((path) => [`${prefix}${path}`, [method]])),
  );
}
