/** Lets so many requests begin as the host can take. */
export interface Limiter {
  /** Resolves when a request may begin; rejects with the signal's reason. */
  begin(): Promise<Turn>;
  /** Requests that may be under way at once now. */
  readonly limit: number;
  /** How often it was lowered. */
  readonly decreases: number;
}

/** A request that is under way. */
export interface Turn {
  /**
   * Ends it.
   *
   * @param pauseMs - no other begins before so many milliseconds are over.
   */
  end(result: 'answered' | 'throttled' | 'failed', pauseMs?: number): void;
}

/** Settings of a limiter. */
export interface LimiterOptions {
  /** Requests at once, at the beginning and at most. */
  readonly first: number;
  readonly most: number;
  /** Milliseconds between two requests of the same place in line. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/**
 * Answers that take so many times as long as the fastest ones: the host has a queue, and more would wait in
 * it.
 */
const SLOW = 2;

/**
 * A limit that grows by one for each round of answers, and is halved when the host throttles (additive
 * increase, multiplicative decrease, as TCP has it). It does not grow while the answers are slower than they
 * have been: a server with one thread never says that it has too much to do.
 */
export function createLimiter({ first, most, intervalMs, signal }: LimiterOptions): Limiter {
  let limit = Math.min(first, most);
  let active = 0;
  let decreases = 0;
  let pausedUntil = 0;
  let lastBegin = Number.NEGATIVE_INFINITY;
  /** Requests that began before this have seen what was before the last decrease. */
  let decreasedAt = 0;
  /** The lowest time of an answer; it rises slowly, since a host may become slower for good. */
  let fastestMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const waiting: { readonly resolve: (turn: Turn) => void; readonly reject: (reason: unknown) => void }[] =
    [];

  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    for (const { reject } of waiting.splice(0)) {
      reject(signal.reason);
    }
  });

  function admit(): void {
    while (waiting.length > 0 && active < Math.floor(limit)) {
      const wait = Math.max(pausedUntil, lastBegin + intervalMs / Math.floor(limit)) - performance.now();
      if (wait > 0) {
        clearTimeout(timer);
        timer = setTimeout(admit, wait);
        return;
      }
      active++;
      lastBegin = performance.now();
      waiting.shift()?.resolve(turn(lastBegin));
    }
  }

  function turn(beganAt: number): Turn {
    return {
      end(result, pauseMs = 0) {
        active--;
        const now = performance.now();
        pausedUntil = Math.max(pausedUntil, now + pauseMs);
        if (result === 'throttled') {
          decrease(beganAt, now);
        } else if (result === 'answered') {
          increase(now - beganAt);
        }
        admit();
      },
    };
  }

  function decrease(beganAt: number, now: number): void {
    if (beganAt < decreasedAt) {
      return;
    }
    limit = Math.max(1, limit / 2);
    decreasedAt = now;
    decreases++;
  }

  function increase(ms: number): void {
    fastestMs = Math.min(ms, fastestMs * 1.01);
    if (ms <= fastestMs * SLOW) {
      limit = Math.min(most, limit + 1 / limit);
    }
  }

  return {
    begin: () =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        waiting.push({ resolve, reject });
        admit();
      }),
    get limit() {
      return Math.floor(limit);
    },
    get decreases() {
      return decreases;
    },
  };
}
