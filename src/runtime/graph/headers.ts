import type { HttpRequest } from '../http/request.ts';

/** Headers that pass on to the units of a graph: tracing and ids. No credentials. */
const SAFE: ReadonlySet<string> = new Set([
  'x-amzn-trace-id',
  'traceparent',
  'tracestate',
  'baggage',
  'x-request-id',
  'b3',
  'uber-trace-id',
]);

/** Seldon's own of one answer, and the one that asks a graph for its times. */
const NOT_SAFE: ReadonlySet<string> = new Set(['seldon-failed-node', 'seldon-graph-timing']);

/** Without a pattern: a call has ten headers and more. */
function isSafe(name: string): boolean {
  return SAFE.has(name) || (name.startsWith('seldon-') ? !NOT_SAFE.has(name) : name.startsWith('x-b3-'));
}

/**
 * Headers that never pass on: those of one connection (RFC 9110, 7.6.1), those that describe the body, what
 * AWS signs a request with, and what belongs to one call.
 */
const OWN =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-.*|expect|x-amz-.*|x-forwarded-.*|forwarded|via|cdn-loop|idempotency-key|seldon-failed-node|seldon-graph-timing)$/;

/**
 * The headers of a graph's request that its units get, names in lower case.
 *
 * @param allowed - SELDON_GRAPH_HEADERS: names, or `*` for all that may pass on. In addition to the safe
 *   ones.
 * @param puid - the id of the request, which becomes `seldon-puid`.
 */
export function headersToUnits(
  { headers }: Pick<HttpRequest, 'headers'>,
  allowed: readonly string[],
  puid: string | undefined,
): Readonly<Record<string, string>> {
  // The type of all messages that units of this process answer with.
  const passed: Record<string, string> = { 'content-type': 'application/json' };
  for (const name in headers) {
    if (isSafe(name) || (allowed.length > 0 && isAllowed(name, headers[name] as string, allowed))) {
      passed[name] = headers[name] as string;
    }
  }
  if (puid !== undefined) {
    passed['seldon-puid'] = puid;
  }
  return passed;
}

function isAllowed(name: string, value: string, allowed: readonly string[]): boolean {
  // A signature of AWS covers another host and body.
  const isSignature = name === 'authorization' && value.startsWith('AWS4-');
  return (
    allowed.some((each) => each === '*' || each.toLowerCase() === name) && !OWN.test(name) && !isSignature
  );
}
