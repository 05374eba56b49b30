import type { HttpRequest } from '../http/request.ts';

/**
 * Headers that never pass on: those of one connection (RFC 9110, 7.6.1), those that describe the body, what
 * AWS signs a request with, and what belongs to one call.
 */
const OWN =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-.*|inference-header-content-length|expect|x-amz-.*|x-forwarded-.*|forwarded|via|cdn-loop|idempotency-key|seldon-failed-node|seldon-graph-timing)$/;

/**
 * The headers of a request that SELDON_GRAPH_HEADERS allows to pass on.
 *
 * @param allowed - names, or `*` for all that may pass on.
 */
export function allowedHeaders(
  headers: HttpRequest['headers'],
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => isAllowed(name, value, allowed)),
  );
}

function isAllowed(name: string, value: string, allowed: readonly string[]): boolean {
  // A signature of AWS covers another host and body.
  const isSignature = name === 'authorization' && value.startsWith('AWS4-');
  return (
    allowed.some((each) => each === '*' || each.toLowerCase() === name) && !OWN.test(name) && !isSignature
  );
}
