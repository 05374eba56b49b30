import type { SeldonError } from '../errors.ts';

/** A request as the pipeline sees it, the same for every event source: nothing here depends on AWS. */
export interface HttpRequest {
  /**
   * In upper case. `''` for a direct invocation, which means the first route of the function with its first
   * method.
   */
  readonly method: string;
  /**
   * The path without the stage prefix and without the query, still percent-encoded. `''` for a direct
   * invocation.
   */
  readonly path: string;
  /** The part of the caller's URL before `path`, such as the stage; default: none. */
  readonly basePath?: string;
  /** Decoded query values; a repeated key keeps its values in order. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Header names in lower case; a repeated header's values are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body: text if the event source had text, otherwise bytes. Endpoints of methods get it decompressed.
   */
  readonly body?: string | Uint8Array | undefined;
  /** The body as parsed JSON; only a direct invocation has it. */
  readonly message?: unknown;
  /** A warm-up: load what the next request needs and call no method. */
  readonly isWarmUp?: boolean;
  /** Values of the route's `{name}` segments, percent-decoded. */
  readonly params?: Readonly<Record<string, string>>;
}

/** An answer, before it gets the form of the event source. */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /**
   * Whether the body is text that a model passed through. It may contain characters that are always escaped
   * in JSON text: control characters, half a surrogate pair.
   */
  readonly isOpaque?: boolean;
  /** Whether it has all its headers and fits into the result of the function. */
  readonly isFitted?: boolean;
  /** The error that this response reports, for an event source whose caller does not use HTTP. */
  readonly error?: SeldonError;
}

/** HTTP does not allow a body with these. */
const BODILESS = [204, 304];

/**
 * Makes a response with `application/json`. `body` is JSON text, or the payload that a model passes through.
 */
export function jsonResponse(body: string | Uint8Array, status = 200): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: BODILESS.includes(status) ? '' : body,
  };
}
