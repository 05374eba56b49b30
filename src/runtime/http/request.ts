import type { SeldonError } from '../errors.ts';

/** A request as the pipeline sees it, whatever event source brought it: no AWS in here. */
export interface HttpRequest {
  /** Upper case. `''` for a direct invocation: the function's own route and method are meant. */
  readonly method: string;
  /** Path without stage prefix and without query; still percent-encoded. `''` for a direct invocation. */
  readonly path: string;
  /** What the caller's URL has before `path`, such as the stage; default nothing. */
  readonly basePath?: string;
  /** Decoded query values; a repeated key keeps its values in order. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Header names in lower case; a repeated header's values are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body: text where the event source had text, else bytes. */
  readonly body?: string | Uint8Array | undefined;
  /** The body as JSON already: only a direct invocation has it. */
  readonly message?: unknown;
  /** Nobody asks for anything: the instance is to be ready for whoever comes next. */
  readonly isWarmUp?: boolean;
  /** Values of the route's `{name}` segments, percent-decoded. */
  readonly params?: Readonly<Record<string, string>>;
}

/** An answer before the event source's own shape is put around it. */
export interface HttpResponse {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /**
   * Text that a model gave as it is, and so may hold what JSON text has escaped: control characters, half a
   * surrogate pair.
   */
  readonly isOpaque?: boolean;
  /** The error that it answers, for an event source whose caller does not speak HTTP. */
  readonly error?: SeldonError;
}

/** HTTP allows no body with these. */
const BODILESS = [204, 304];

/** A response with `application/json`; `body` is JSON text already, or what a model passes through. */
export function jsonResponse(body: string | Uint8Array, status = 200): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: BODILESS.includes(status) ? '' : body,
  };
}
