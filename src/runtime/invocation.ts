import type { Context } from 'aws-lambda';

/** What an endpoint may know of the invocation beside the request. */
export interface Invocation {
  /** Milliseconds until Lambda ends the function. */
  remainingMs(): number;
  /** The request's id: the caller's `Seldon-Puid`, or else the invocation's own; at most 1,024 characters. */
  readonly puid: string | undefined;
  /** AWS' id of the invocation. */
  readonly requestId: string | undefined;
  /** Whether the caller waited for this instance to start. */
  readonly isColdStart: boolean;
  /** Repeats with the same key change nothing and are answered as the first was. */
  readonly idempotencyKey: string | undefined;
}

/**
 * `idempotencyKey`: the header Idempotency-Key, or, in a direct invocation, `idempotency-key` of the client
 * context.
 */
export function toInvocation(
  context: Context | undefined,
  headers: Readonly<Record<string, string>>,
  isColdStart: boolean,
): Invocation {
  const key: unknown = headers['idempotency-key'] ?? context?.clientContext?.custom?.['idempotency-key'];
  return {
    puid: (headers['seldon-puid'] ?? context?.awsRequestId)?.slice(0, MAX_PUID_CHARACTERS),
    requestId: context?.awsRequestId,
    isColdStart,
    remainingMs: () => context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS,
    idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
  };
}

/** Where no runtime says it: an HTTP API waits 30 s. */
const DEFAULT_REMAINING_MS = 29_000;

/** API Gateway takes 10 kB of headers in all. */
const MAX_PUID_CHARACTERS = 1024;
