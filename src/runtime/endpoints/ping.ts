import type { Endpoint } from '../http/endpoint.ts';

/** Liveness: answers `pong` without touching the model. */
export const ping: Endpoint = {
  routes: { '/health/ping': ['GET'] },
  respond: () => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'pong' }),
};
