import { callHost } from '../client/call-host.ts';
import { SeldonClientError } from '../client/error.ts';
import type { ClientOptions } from '../client/options.ts';
import { parseJson } from '../client/parse-json.ts';
import { pathOf } from '../client/paths.ts';
import { readSettings, withOptions } from '../client/settings.ts';
import type { Method } from './kinds/index.ts';
import { type Refused, refusalOf, type Target } from './target.ts';

/** A host, and how it is called. */
export interface HostOptions {
  readonly url: string;
  /** Below the URL; default: that of the method, which Seldon's ingress has elsewhere. */
  readonly path?: string | undefined;
  readonly method: Method;
  readonly client: ClientOptions;
  readonly maxRequests: number;
}

/** Requests at once at the beginning: more are sent as soon as they are answered. */
const FIRST_REQUESTS = 4;

/**
 * A host that is called by HTTP.
 *
 * @throws TypeError for an address or an option that is wrong.
 */
export function openHost({ url, path, method, client, maxRequests }: HostOptions): Target {
  const settings = readSettings(url, { ...client, retries: 0 });
  const below = path === undefined ? pathOf(settings.base, method) : `/${path.replace(/^\//, '')}`;
  return {
    name: settings.base + below,
    firstRequests: Math.min(FIRST_REQUESTS, maxRequests),
    maxRequests,
    async send({ body, puid, idempotencyKey }, signal) {
      const own = withOptions(settings, { headers: { 'seldon-puid': puid } });
      try {
        const call = { method: 'POST', path: below, body, idempotencyKey, signal } as const;
        return { isAnswered: true, text: (await callHost(own, call)).text };
      } catch (error) {
        if (error instanceof SeldonClientError) {
          return toRefused(error);
        }
        throw error;
      }
    },
    async metadata() {
      try {
        const { text } = await callHost(settings, { method: 'GET', path: pathOf(settings.base, 'metadata') });
        return parseJson(text);
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

function toRefused({ status, reason, info, message, cause, ...error }: SeldonClientError): Refused {
  const words = typeof info === 'string' ? info : info === undefined ? '' : JSON.stringify(info);
  return {
    isAnswered: false,
    ...refusalOf(status, reason),
    reason: reason === undefined ? message : `${status} ${reason}: ${words}`,
    mayPass: error.mayPass,
    retryAfterMs: error.retryAfterMs,
    // A request without an answer in time may be too large for the time.
    ...(status === undefined && { maySplit: isLate(cause) }),
  };
}

function isLate(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}
