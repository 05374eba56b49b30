import type { Context } from 'aws-lambda';

/** Facts about an invocation that are not part of the request. */
export interface Invocation {
  /** Milliseconds until the function's timeout. */
  remainingMs(): number;
  /**
   * The request's id: the caller's `Seldon-Puid`, or else AWS's id of the invocation; at most 1,024
   * characters.
   */
  readonly puid: string | undefined;
  /** AWS's id of the invocation. */
  readonly requestId: string | undefined;
  /** Whether the caller waited for this instance to start. */
  readonly isColdStart: boolean;
  /**
   * The caller's key for safe repeats: a repeated request with the same key changes nothing and gets the
   * first answer.
   */
  readonly idempotencyKey: string | undefined;
}

/** Collects the facts about an invocation. */
export function toInvocation(
  context: Context | undefined,
  headers: Readonly<Record<string, string>>,
  isColdStart: boolean,
): Invocation {
  const puid = headers['seldon-puid'] || context?.awsRequestId;
  const key = headers['idempotency-key'];
  return {
    puid: puid?.slice(0, MAX_PUID_CHARACTERS),
    requestId: context?.awsRequestId,
    isColdStart,
    remainingMs: () => context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS,
    idempotencyKey: key || undefined,
  };
}

/** The remaining time, in milliseconds, when the context does not give it. An HTTP API waits 30 s. */
const DEFAULT_REMAINING_MS = 29_000;

/** API Gateway allows 10 kB of headers in total. */
const MAX_PUID_CHARACTERS = 1024;
