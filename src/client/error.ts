import { stringify } from '../runtime/json/write-json.ts';
import { readFailure } from './failure.ts';
import { NoAnswer } from './no-answer.ts';
import { parseJson } from './parse-json.ts';
import { mayPass, retryAfterMs } from './retry.ts';
import { withoutSecrets } from './secrets.ts';
import type { HttpRequest, Reply } from './send.ts';

/** Characters of an error's body, at most. */
const MAX_BODY = 2000;
/** Characters of the host's words in an error's message, at most. */
const MAX_WORDS = 500;

/** The facts about a call that failed. */
interface Facts {
  readonly tries: number;
  readonly status?: number;
  readonly reason?: string | undefined;
  readonly info?: unknown;
  readonly puid?: string | undefined;
  readonly body?: string;
  readonly retryAfterMs?: number | undefined;
  readonly mayPass: boolean;
}

/**
 * A call was answered with an error, or not answered at all. The message has the address, the status and the
 * host's own words. Neither the message nor a field has credentials or the request.
 */
export class SeldonClientError extends Error {
  override readonly name = 'SeldonClientError';
  /** HTTP status; undefined when no whole answer came, and `cause` says why. */
  readonly status: number | undefined;
  /**
   * `MICROSERVICE_BAD_DATA` and the like, or a word of the model; undefined for an error of a gateway, or of
   * a server that has no reasons, such as Triton.
   */
  readonly reason: string | undefined;
  /** The mistake, its place, and what was expected, in the host's words: a text, or any JSON. */
  readonly info: unknown;
  /** The id under which the log of the functions has this call. */
  readonly puid: string | undefined;
  /** The answer's text, at most 2000 characters of it. */
  readonly body: string | undefined;
  /** Milliseconds after which the host wants to be asked again, if it said so. */
  readonly retryAfterMs: number | undefined;
  /** Whether the same call, made again, may be answered: the host is busy, restarts, or was not reached. */
  readonly mayPass: boolean;
  /** Number of requests that were sent. */
  readonly tries: number;

  /** @internal */
  constructor(message: string, facts: Facts, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = facts.status;
    this.reason = facts.reason;
    this.info = facts.info;
    this.puid = facts.puid;
    this.body = facts.body;
    this.retryAfterMs = facts.retryAfterMs;
    this.mayPass = facts.mayPass;
    this.tries = facts.tries;
  }
}

/** A call that failed. */
export interface Failed {
  readonly request: Pick<HttpRequest, 'method' | 'url'>;
  readonly outcome: Reply | NoAnswer;
  readonly tries: number;
  /** Credentials that were sent. */
  readonly secrets: readonly string[];
  /** The fault of an answer with a good status; default: that it is no message. */
  readonly problem?: string | undefined;
}

/** Makes the error for a call that failed. */
export function toError({
  request: { method, url },
  outcome,
  tries,
  secrets,
  problem,
}: Failed): SeldonClientError {
  const sentence = (words: string) =>
    `${method} ${url.origin}${url.pathname}: ${words}${tries > 1 ? ` (after ${tries} tries)` : ''}`;
  if (outcome instanceof NoAnswer) {
    const facts = { tries, mayPass: mayPass(outcome) };
    return new SeldonClientError(sentence(outcome.message), facts, outcome.cause);
  }
  const { status, headers, text } = outcome;
  const hide = (shown: string) => withoutSecrets(shown, secrets);
  const words = readWords(text, hide);
  const body = hide(text).slice(0, MAX_BODY);
  const shown = problem === undefined ? wordsFor(outcome, words, body) : `${status}: ${hide(problem)}`;
  return new SeldonClientError(sentence(shown), {
    ...words,
    tries,
    status,
    body,
    puid: headers.get('seldon-puid') ?? undefined,
    retryAfterMs: retryAfterMs(headers),
    mayPass: mayPass(outcome),
  });
}

/** The host's own words, as far as it has some. */
interface Words {
  readonly reason: string | undefined;
  readonly info: unknown;
}

function readWords(text: string, hide: (text: string) => string): Words {
  const { reason, info } = readFailure(parseJson(text));
  const hidden = hide(toText(info));
  return {
    reason: reason === undefined ? undefined : hide(toText(reason)),
    info: typeof info === 'string' ? hidden : info === undefined ? undefined : parseJson(hidden),
  };
}

function wordsFor({ status, headers }: Reply, { reason, info }: Words, body: string): string {
  const location = headers.get('location');
  if (status === 0 || (status >= 300 && status < 400 && location !== null)) {
    const to = location === null ? '' : ` to ${location.replace(/[?#].*/s, '')}`;
    return `${status || 'the answer is'} a redirect${to}, which is not followed; use its address`;
  }
  const start = reason === undefined ? String(status) : `${status} ${reason}`;
  if (status < 300 && info === undefined) {
    return `${start}: expected a message as JSON, got ${headers.get('content-type') ?? 'no content type'}`;
  }
  const words = (info === undefined ? body.trim() : toText(info)).slice(0, MAX_WORDS);
  const isRefused = reason === undefined && (status === 401 || status === 403);
  return `${start}: ${words || 'an answer without a text'}${isRefused ? HINT : ''}`;
}

const HINT = '; does it need sigv4, apiKey or token?';

function toText(value: unknown): string {
  return typeof value === 'string' ? value : stringify(value);
}
