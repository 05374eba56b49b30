import { type HttpResponse, jsonResponse } from '../http/request.ts';
import type { Reply } from './protocol.ts';

/** Makes a response from a protocol's reply. `status` applies unless the reply has its own. */
export function toResponse({ body, headers, status: own }: Reply, status = 200): HttpResponse {
  const response = jsonResponse(body, own ?? status);
  return headers === undefined ? response : { ...response, headers: { ...response.headers, ...headers } };
}
