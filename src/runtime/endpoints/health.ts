import { SeldonError } from '../errors.ts';

/**
 * Converts the result of `healthStatus()`: nothing or true means healthy. Any other value is answered as it
 * is.
 *
 * @throws SeldonError MICROSERVICE_INTERNAL_ERROR (503) for false.
 */
export function toHealth(returned: unknown): unknown {
  if (returned === false) {
    throw new SeldonError('MICROSERVICE_INTERNAL_ERROR', 'healthStatus returned false', { status: 503 });
  }
  return returned === undefined || returned === true ? 'healthy' : returned;
}
