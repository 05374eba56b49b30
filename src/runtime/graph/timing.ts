import type { HttpResponse } from '../http/request.ts';

/** A header has no room for the units of every graph. */
const MAX_UNITS = 50;

/**
 * The response with the header `Server-Timing`: the milliseconds of each unit that was called, in the order
 * in which they ended. Names are as in a URL, because a token has no other characters.
 *
 * @see W3C Server Timing, 4: `server-timing-metric`; RFC 9110, 5.6.2: `token`
 */
export function withTimes(response: HttpResponse, timesMs: ReadonlyMap<string, number>): HttpResponse {
  const metrics = [...timesMs]
    .slice(0, MAX_UNITS)
    .map(([unit, ms]) => `${toToken(unit)};dur=${Math.round(ms * 1000) / 1000}`);
  return { ...response, headers: { ...response.headers, 'server-timing': metrics.join(', ') } };
}

/** Half a surrogate pair, which no URL can have, becomes the replacement character. */
function toToken(name: string): string {
  const text = Buffer.from(name).toString();
  return encodeURIComponent(text).replace(/[()]/g, (each) => (each === '(' ? '%28' : '%29'));
}
