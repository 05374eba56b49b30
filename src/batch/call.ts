import type { Limiter } from './limiter.ts';
import type { BatchRequest } from './request.ts';
import { MAX_PAUSE_MS, type Outcome, type Refused, type Target } from './target.ts';

/** How requests are sent. */
export interface CallSettings {
  readonly target: Target;
  readonly limiter: Limiter;
  /** How often a request is sent again, at most, after a failure that may pass. */
  readonly retries: number;
  /** Milliseconds before the second try. */
  readonly backoffMs: number;
  readonly signal: AbortSignal;
  /** Gets the milliseconds of each answer. */
  readonly onAnswer: (ms: number) => void;
  /** Gets each failure after which a request is sent again. */
  readonly onRetry: (failure: Refused) => void;
}

/** How often a request is sent again after the host has said that it has too much to do. */
const MAX_THROTTLED = 30;
const MAX_WAIT_MS = 30_000;

/**
 * Sends a request until it is answered or refused for good.
 *
 * Between two tries it waits as long as the host says, ten minutes at most; without its word, a random time
 * that doubles each time, so that requests which failed together do not come back together. To be throttled
 * is no fault of a request, and does not count as one of its retries.
 */
export async function call(settings: CallSettings, request: BatchRequest): Promise<Outcome> {
  const { target, limiter, retries, signal, onAnswer, onRetry } = settings;
  let [failed, throttled] = [0, 0];
  for (;;) {
    const turn = await limiter.begin();
    const start = performance.now();
    const outcome = await target.send(request, signal).catch((reason) => {
      turn.end('failed');
      throw reason;
    });
    if (outcome.isAnswered) {
      turn.end('answered');
      onAnswer(performance.now() - start);
      return outcome;
    }
    const { retryAfterMs: pause = 0, isThrottled } = outcome;
    const mayWait = pause <= MAX_PAUSE_MS;
    // All wait, not this one alone: the next request would hear the same.
    turn.end(isThrottled ? 'throttled' : 'failed', isThrottled && mayWait ? pause : 0);
    throttled += outcome.isThrottled ? 1 : 0;
    failed += outcome.isThrottled ? 0 : 1;
    if (!outcome.mayPass || !mayWait || failed > retries || throttled > MAX_THROTTLED) {
      return outcome;
    }
    onRetry(outcome);
    await wait(outcome.retryAfterMs ?? backoff(settings.backoffMs, failed + throttled), signal);
  }
}

function backoff(firstMs: number, tries: number): number {
  return Math.min(MAX_WAIT_MS, firstMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) {
      leave();
    }
  });
}
