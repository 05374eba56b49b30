import { ARRAY_FORMS } from './array-form.ts';
import { type Authorize, readAuthorize } from './authorize.ts';
import { type HeaderMap, readHeaders } from './headers.ts';
import { MAX_TIMEOUT_MS } from './limit.ts';
import type { ClientOptions, SharedOptions } from './options.ts';
import { MAX_BYTES } from './read-text.ts';

/** The options that a call may have of its own, with all defaults. */
export type Shared = {
  readonly [K in Exclude<keyof SharedOptions, 'headers'>]-?: NonNullable<SharedOptions[K]>;
} & {
  readonly headers: HeaderMap;
};

/** The options of a client with all defaults. */
export interface Settings extends Shared {
  /** The address without a slash at its end. */
  readonly base: string;
  readonly authorize: Authorize;
  readonly backoffMs: number;
  readonly maxBytes: number;
  readonly fetch: typeof fetch;
}

const DEFAULTS: Shared = { headers: {}, arrays: 'tensor', timeoutMs: 60_000, retries: 2 };

/**
 * Reads the address and the options of a client.
 *
 * @throws TypeError naming what is wrong, without showing it: it may be a secret.
 */
export function readSettings(address: string | URL, options: ClientOptions): Settings {
  const url = readAddress(address);
  const { backoffMs = 500, maxBytes = MAX_BYTES, fetch: fetched } = options;
  check('backoffMs', backoffMs >= 0, 'milliseconds, 0 or more');
  check('maxBytes', maxBytes > 0, 'a number above 0');
  return {
    ...readShared(options, DEFAULTS),
    base: url.origin + url.pathname.replace(/\/$/, ''),
    authorize: readAuthorize(url, options),
    backoffMs,
    maxBytes,
    // Looked up at each call: programs replace the platform's own to watch it.
    fetch: fetched ?? ((...args) => fetch(...args)),
  };
}

/**
 * The settings of one call.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function withOptions(settings: Settings, options: SharedOptions): Settings {
  return { ...settings, ...readShared(options, settings) };
}

function readShared(options: SharedOptions, defaults: Shared): Shared {
  const { arrays = defaults.arrays, timeoutMs = defaults.timeoutMs, retries = defaults.retries } = options;
  check('arrays', ARRAY_FORMS.includes(arrays), `one of ${ARRAY_FORMS.join(', ')}`);
  check('timeoutMs', timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS, `milliseconds, at most ${MAX_TIMEOUT_MS}`);
  check('retries', Number.isInteger(retries) && retries >= 0, 'a whole number, 0 or more');
  return { arrays, timeoutMs, retries, headers: { ...defaults.headers, ...readHeaders(options.headers) } };
}

function readAddress(address: string | URL): URL {
  const url = parseUrl(address);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError('url: expected an address as https://abc123.execute-api.eu-west-1.amazonaws.com');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError('url: expected an address without user, password, query and fragment');
  }
  return url;
}

/** In a browser, the address may be a path of the page's own host. */
function parseUrl(address: string | URL): URL | undefined {
  const { location } = globalThis as { location?: { href?: string } };
  try {
    return new URL(address, location?.href);
  } catch {
    return undefined;
  }
}

function check(option: string, isGood: boolean, expected: string): void {
  if (!isGood) {
    throw new TypeError(`${option}: expected ${expected}`);
  }
}
