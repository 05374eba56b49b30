import type { HttpRequest } from '../../http/request.ts';
import type { Reply } from '../protocol.ts';

/** What GET /v2 says of the server. `version`: that of this package. */
export const SERVER = {
  name: 'seldon-lambda',
  version: '0.1.0',
  extensions: ['binary_tensor_data', 'classification', 'parameters'],
} as const;

/** Answers GET /v2, which needs no model; undefined for any other path. */
export function encodeServer({ path }: HttpRequest): Reply | undefined {
  return /\/v2\/?$/.test(path) ? { body: JSON.stringify(SERVER) } : undefined;
}
