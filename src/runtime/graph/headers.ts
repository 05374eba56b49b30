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
 * The headers of a graph's request that its units get, names in lower case; a promise where others than the
 * safe ones are allowed, which few graphs do.
 *
 * @param allowed - SELDON_GRAPH_HEADERS: names, or `*` for all that may pass on. In addition to the safe
 *   ones.
 * @param puid - the id of the request, which becomes `seldon-puid`.
 */
export function headersToUnits(
  { headers }: Pick<HttpRequest, 'headers'>,
  allowed: readonly string[],
  puid: string | undefined,
): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> {
  // The type of all messages that units of this process answer with.
  const passed: Record<string, string> = { 'content-type': 'application/json' };
  for (const name in headers) {
    if (isSafe(name)) {
      passed[name] = headers[name] as string;
    }
  }
  if (puid !== undefined) {
    passed['seldon-puid'] = puid;
  }
  return allowed.length === 0
    ? passed
    : import('./allowed-headers.ts').then(({ allowedHeaders }) => ({
        ...allowedHeaders(headers, allowed),
        ...passed,
      }));
}
