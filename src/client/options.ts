import type { Meta } from '../runtime/model/message.ts';
import type { ArrayForm } from './array-form.ts';
import type { AwsCredentials } from './sigv4.ts';

/** How calls are signed for an API that is closed by IAM. */
export interface Sigv4Options {
  /** Keys, or a function that gives them for each request, such as a credential provider of the AWS SDK. */
  readonly credentials: AwsCredentials | (() => AwsCredentials | PromiseLike<AwsCredentials>);
  /** Default: the one in the name of the host; needed with a domain of your own. */
  readonly region?: string | undefined;
  /** Default: `execute-api`, or `lambda` for the URL of a function. */
  readonly service?: string | undefined;
}

/** Settings of all calls that a single call may have of its own. */
export interface SharedOptions {
  /** Further headers of requests. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The form of arrays in requests; default: `tensor`. */
  readonly arrays?: ArrayForm | undefined;
  /** Milliseconds for a call with all its tries; default: 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is sent again, at most, when that may help; default: 2. */
  readonly retries?: number | undefined;
}

/** Settings of a client. */
export interface ClientOptions extends SharedOptions {
  readonly sigv4?: Sigv4Options | undefined;
  /** Sent as `x-api-key`. */
  readonly apiKey?: string | undefined;
  /** Sent as `Authorization: Bearer`. A function is asked before each request. */
  readonly token?: string | (() => string | PromiseLike<string>) | undefined;
  /** Another header for the token, which then has no `Bearer`. */
  readonly tokenHeader?: string | undefined;
  /** Milliseconds before the second try, longer before later ones, if the host names none; default: 500. */
  readonly backoffMs?: number | undefined;
  /** Bytes of an answer, decompressed, at most; default: 64,000,000. */
  readonly maxBytes?: number | undefined;
  /** Sends the requests; default: the platform's own. */
  readonly fetch?: typeof fetch | undefined;
}

/** Settings of one call. */
export interface CallOptions extends SharedOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Sent as `Idempotency-Key`. A model that keeps its state in a store then counts the call once, however
   * often it comes. Default: a random one for `feedback`, none for other calls.
   */
  readonly idempotencyKey?: string | undefined;
}

/** Settings of one call with a payload. */
export interface PayloadOptions extends CallOptions {
  /** Names of an array's columns. */
  readonly names?: readonly string[] | undefined;
  /** Tags, puid and the like of the message. */
  readonly meta?: Meta | undefined;
}
