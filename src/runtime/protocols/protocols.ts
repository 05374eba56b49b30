import type { HttpRequest } from '../http/request.ts';
import type { EndpointName, Routes } from '../routes.ts';
import type { Protocol } from './protocol.ts';

/** The protocols that are served. */
export interface Protocols {
  readonly all: readonly Protocol[];
  /** The protocol that `request` uses. */
  of(request: HttpRequest): Protocol;
  /** The paths of an endpoint in all protocols; Seldon's come first. */
  routesOf(endpoint: EndpointName): Routes;
}

/**
 * Combines protocols.
 *
 * @param others - all protocols except the first.
 * @param first - makes the protocol of every request that the others do not match.
 */
export function createProtocols(
  others: readonly Protocol[],
  first: (others: readonly Protocol[]) => Protocol,
): Protocols {
  const fallback = first(others);
  const all = [fallback, ...others];
  return {
    all,
    of: (request) => others.find((protocol) => protocol.matches(request)) ?? fallback,
    routesOf: (endpoint) => Object.assign({}, ...all.map(({ paths }) => paths[endpoint])),
  };
}
