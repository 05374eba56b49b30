import type { Context } from 'aws-lambda';

/** What an endpoint may know of the invocation beside the request. */
export interface Invocation {
  /** Milliseconds until Lambda ends the function. */
  remainingMs(): number;
  /** Repeats with the same key change nothing and are answered as the first was. */
  readonly idempotencyKey: string | undefined;
}

/** `idempotencyKey`: the header Idempotency-Key, or, in a direct invocation, `idempotency-key` of the client context. */
export function toInvocation(
  context: Context | undefined,
  headers: Readonly<Record<string, string>>,
): Invocation {
  const key: unknown = headers['idempotency-key'] ?? context?.clientContext?.custom?.['idempotency-key'];
  return {
    remainingMs: () => context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS,
    idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
  };
}

/** Where no runtime says it: an HTTP API waits 30 s. */
const DEFAULT_REMAINING_MS = 29_000;
