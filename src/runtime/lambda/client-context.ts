import type { Context } from 'aws-lambda';
import type { HttpRequest } from '../http/request.ts';
import { isRecord } from '../objects.ts';

/** Headers that would say something of a body, which a direct invocation does not have. */
const OF_BODY = /^content-/;

/**
 * Gives a request the headers that its invocation has in `custom` of the client context: a direct invocation
 * has no others. Those of the request itself win.
 */
export function sentWith({
  clientContext,
}: Pick<Context, 'clientContext'>): (request: HttpRequest) => HttpRequest {
  const custom: unknown = clientContext?.custom;
  const sent = Object.entries(isRecord(custom) ? custom : {}).flatMap(([name, value]) =>
    typeof value === 'string' && !OF_BODY.test(name.toLowerCase()) ? [[name.toLowerCase(), value]] : [],
  );
  return (request) => ({ ...request, headers: { ...Object.fromEntries(sent), ...request.headers } });
}
