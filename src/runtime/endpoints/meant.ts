import type { Endpoint } from '../instance/endpoint.ts';
import type { EndpointName } from '../routes.ts';
import { aggregate } from './aggregate.ts';
import { healthStatus } from './health-status.ts';
import { route } from './route.ts';

/** Finds the endpoint that a request means, of those that the path of `predict` may stand for. */
export function endpointNamed(name: EndpointName): Endpoint {
  const found = [aggregate, healthStatus, route].find(({ routes }) => routes === name);
  if (found === undefined) {
    throw new Error(`the endpoint ${name} has paths of its own`);
  }
  return found;
}
