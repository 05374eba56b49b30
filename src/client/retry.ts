import { isPassing } from './exchange.ts';
import { readFailure } from './failure.ts';
import { NoAnswer } from './no-answer.ts';
import { parseJson } from './parse-json.ts';
import type { Reply } from './send.ts';

/** The host is busy, restarts, or was not reached by its gateway: another try may be answered. */
const PASSING = [408, 429, 502, 503, 504];

/** The longest wait that is not the host's own wish. */
const MAX_WAIT_MS = 8000;

/**
 * Whether the same request, sent again, may be answered.
 *
 * A 500 of API Gateway itself is among these: behind a REST API, Lambda's "too many calls at once" is one. A
 * 500 of the model is not: it would come again.
 */
export function mayPass(outcome: Reply | NoAnswer): boolean {
  if (outcome instanceof NoAnswer) {
    return isPassing(outcome);
  }
  const { status, text } = outcome;
  if (status === 500) {
    return readFailure(parseJson(text)).isOfGateway;
  }
  return PASSING.includes(status);
}

/**
 * Milliseconds to wait before the next try: as long as the host says or, without its word, longer after each
 * try, up to 8 s. Half of it is random, so that the callers that failed together do not come back together.
 *
 * @param tries - requests that were sent.
 * @param backoffMs - wait after the first one.
 */
export function waitMs(outcome: Reply | NoAnswer, tries: number, backoffMs: number): number {
  const wanted = outcome instanceof NoAnswer ? undefined : retryAfterMs(outcome.headers);
  return wanted ?? Math.min(MAX_WAIT_MS, backoffMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}

/**
 * `Retry-After` in milliseconds from now, of seconds or of a date; undefined when it is missing or neither.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) {
    return undefined;
  }
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
