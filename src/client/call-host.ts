import { type SeldonClientError, toError } from './error.ts';
import { exchange, type ReadContent } from './exchange.ts';
import { type HeaderMap, readHeaders, secretsIn } from './headers.ts';
import { type Limit, openLimit } from './limit.ts';
import { NoAnswer } from './no-answer.ts';
import { mayPass, waitMs } from './retry.ts';
import type { HttpRequest, Reply } from './send.ts';
import type { Settings } from './settings.ts';

/** A call of an endpoint. */
export interface HostCall {
  readonly method: 'GET' | 'POST';
  /** Below the client's address. */
  readonly path: string;
  /** JSON, or what `bodyHeaders` say. */
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Headers that say what the body is, with names in lower case. */
  readonly bodyHeaders?: HeaderMap | undefined;
  /** Reads the answer; default: all of it is text. */
  readonly readContent?: ReadContent | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** A reply with a good status. */
export interface Replied extends Reply {
  readonly tries: number;
  /** The error to throw if its content turns out to be bad. `problem`: what is wrong with it. */
  toError(problem?: string): SeldonClientError;
}

/**
 * Calls an endpoint, again where that may help, until there is an answer or the time is up.
 *
 * @param settings - of this call.
 * @throws SeldonClientError when there is no answer, or one with a status other than 200..299; the reason of
 *   the caller's signal when that is aborted; the error of a function that gives credentials.
 */
export async function callHost(settings: Settings, call: HostCall): Promise<Replied> {
  const request = toRequest(settings, call);
  call.signal?.throwIfAborted();
  const limit = openLimit(settings.timeoutMs, call.signal);
  try {
    for (let tries = 1; ; tries++) {
      const { outcome, secrets } = await attempt(settings, request, limit, call.readContent);
      const toFailure = (problem?: string) => toError({ request, outcome, tries, secrets, problem });
      if (isGood(outcome)) {
        return { ...outcome, tries, toError: toFailure };
      }
      const wait = waitMs(outcome, tries, settings.backoffMs);
      if (tries > settings.retries || !mayPass(outcome) || wait >= limit.remainingMs()) {
        throw toFailure();
      }
      await limit.wait(wait).catch((reason) => {
        throw limit.isLate() ? toFailure() : reason;
      });
    }
  } finally {
    limit.close();
  }
}

function toRequest(
  { base, headers }: Settings,
  { method, path, body, bodyHeaders, idempotencyKey }: HostCall,
): HttpRequest {
  if (idempotencyKey === '') {
    throw new TypeError('idempotencyKey: expected a text that is not empty');
  }
  return {
    method,
    url: new URL(base + path),
    headers: {
      ...headers,
      ...(idempotencyKey !== undefined && readHeaders({ 'idempotency-key': idempotencyKey })),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...bodyHeaders,
    },
    body,
  };
}

/** One request, with credentials of its own: they may have changed since the last one. */
async function attempt(
  { authorize, maxBytes, fetch }: Settings,
  request: HttpRequest,
  limit: Limit,
  readContent: ReadContent | undefined,
): Promise<{ outcome: Reply | NoAnswer; secrets: readonly string[] }> {
  const known = secretsIn(request.headers);
  try {
    const { headers, secrets } = await limit.until(authorize(request));
    // A header that the caller has written itself wins.
    const authorized = { ...request, headers: { ...headers, ...request.headers } };
    const outcome = await exchange(authorized, limit, { fetch, maxBytes, readContent }).catch(toNoAnswer);
    return { outcome, secrets: [...known, ...secrets] };
  } catch (error) {
    if (!limit.isLate()) {
      throw error;
    }
    const late = `there were no credentials within ${limit.timeoutMs} ms`;
    return { outcome: new NoAnswer(late, { cause: error }), secrets: known };
  }
}

function toNoAnswer(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) {
    return error;
  }
  throw error;
}

function isGood(outcome: Reply | NoAnswer): outcome is Reply {
  return !(outcome instanceof NoAnswer) && outcome.status >= 200 && outcome.status < 300;
}
