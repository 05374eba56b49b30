import { readDivided } from '../client/binary-tensors.ts';
import { callHost } from '../client/call-host.ts';
import { SeldonClientError } from '../client/error.ts';
import { parseJson } from '../client/parse-json.ts';
import type { Settings } from '../client/settings.ts';
import { type Refused, refusalOf, type Target } from './target.ts';

/** A host, and how it is called. */
export interface HostOptions {
  /** Without retries of its own. */
  readonly settings: Settings;
  /** Of the method, below the address. */
  readonly path: string;
  /** Of the model's own description, below the address. */
  readonly metadataPath: string;
  /** A guess at why nothing is at the address. */
  readonly hint?: string | undefined;
  readonly maxRequests: number;
}

/** Requests at once at the beginning: more are sent as soon as they are answered. */
const FIRST_REQUESTS = 4;

/** A host that is called by HTTP. */
export function openHost({ settings, path, metadataPath, hint, maxRequests }: HostOptions): Target {
  return {
    name: settings.base + path,
    firstRequests: Math.min(FIRST_REQUESTS, maxRequests),
    maxRequests,
    async send({ body, headers }, signal) {
      try {
        const call = { method: 'POST', path, body, bodyHeaders: headers, signal } as const;
        const { text, tail } = await callHost(settings, { ...call, readContent: readDivided });
        return parseJson(text) === undefined ? NO_JSON : { isAnswered: true, text, tail };
      } catch (error) {
        if (error instanceof SeldonClientError) {
          return toRefused(error, hint);
        }
        throw error;
      }
    },
    async metadata() {
      try {
        return parseJson((await callHost(settings, { method: 'GET', path: metadataPath })).text);
      } catch (error) {
        if (error instanceof SeldonClientError) {
          return undefined;
        }
        throw error;
      }
    },
    close: async () => {},
  };
}

const NO_JSON: Refused = {
  isAnswered: false,
  ...refusalOf(200, undefined),
  kind: 'the answer',
  reason: 'the answer is not a message in JSON',
  mayPass: false,
  retryAfterMs: undefined,
};

function toRefused(
  { status, reason, info, message, cause, ...error }: SeldonClientError,
  hint: string | undefined,
): Refused {
  const words = typeof info === 'string' ? info : info === undefined ? '' : JSON.stringify(info);
  const said = reason === undefined ? message : `${status} ${reason}: ${words}`;
  return {
    isAnswered: false,
    ...refusalOf(status, reason),
    reason: status === 404 && hint !== undefined ? `${said}; ${hint}` : said,
    mayPass: error.mayPass,
    retryAfterMs: error.retryAfterMs,
    // A request without an answer in time may be too large for the time.
    ...(status === undefined && { maySplit: isLate(cause) }),
  };
}

function isLate(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}
