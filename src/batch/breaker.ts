import { MAX_PAUSE_MS, type Refused } from './target.ts';

/** Ends a run whose requests cannot be answered, before all lines have failed. */
export interface Breaker {
  answered(): void;
  /** A line has failed. */
  refused(refused: Refused): void;
}

/** Requests in a row without an answer, after which the host counts as gone. */
const MAX_SILENCE = 10;

/**
 * Ends a run when the first request shows that the address or the credentials are wrong, or that nobody is
 * there; and later, when many requests in a row had no answer, each after all its tries, or when the host
 * wants a longer pause than a run may wait.
 *
 * @param end - gets the reason.
 */
export function createBreaker(end: (reason: string) => void): Breaker {
  let isKnown = false;
  let silence = 0;
  let last: Refused | undefined;
  return {
    answered() {
      isKnown = true;
      silence = 0;
    },
    refused(refused) {
      // The lines of a request fail together.
      if (refused === last) {
        return;
      }
      last = refused;
      const isSilent = refused.status === undefined;
      silence = isSilent ? silence + 1 : 0;
      const { retryAfterMs: pause = 0 } = refused;
      if (refused.mayPass && pause > MAX_PAUSE_MS) {
        end(`the host asks to wait for ${Math.round(pause / 1000)} s: ${refused.reason}`);
      } else if (!isKnown && (refused.isForAll || isSilent)) {
        end(refused.reason);
      } else if (silence >= MAX_SILENCE) {
        end(`${MAX_SILENCE} requests in a row had no answer: ${refused.reason}`);
      }
      isKnown ||= !isSilent;
    },
  };
}
