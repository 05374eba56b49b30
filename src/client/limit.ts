/** When something has to end: its time is up, or its caller wants it. */
export interface Limit {
  /** Aborted at the end, with the caller's reason or with a `TimeoutError`. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Whether the time is up, and not the caller's patience. */
  isLate(): boolean;
  remainingMs(): number;
  /** Resolves as `promise` does, unless the end comes before it: then it rejects with the signal's reason. */
  until<T>(promise: PromiseLike<T>): Promise<T>;
  /** Waits so many milliseconds, unless the end comes before: rejects with the signal's reason then. */
  wait(ms: number): Promise<void>;
  /** Must be called: forgets timer and caller. */
  close(): void;
}

/** The longest time of a timer. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Opens a limit.
 *
 * Not AbortSignal.any of AbortSignal.timeout: Node 20 may collect the latter as garbage before its time.
 *
 * @param timeoutMs - from now on, at most MAX_TIMEOUT_MS.
 * @param stop - aborted when the caller wants the end.
 */
export function openLimit(timeoutMs: number, stop?: AbortSignal): Limit {
  const controller = new AbortController();
  const { signal } = controller;
  const end = performance.now() + timeoutMs;
  const late = new DOMException(`the time of ${timeoutMs} ms is up`, 'TimeoutError');
  const abort = () => controller.abort(stop?.reason);
  const timer = setTimeout(() => controller.abort(late), timeoutMs);
  stop?.addEventListener('abort', abort);
  if (stop?.aborted) {
    abort();
  }
  const until: Limit['until'] = (promise) =>
    new Promise((resolve, reject) => {
      const refuse = () => reject(signal.reason);
      const leave = () => signal.removeEventListener('abort', refuse);
      signal.addEventListener('abort', refuse);
      if (signal.aborted) {
        refuse();
      }
      promise.then(resolve, reject).then(leave, leave);
    });
  return {
    signal,
    timeoutMs,
    isLate: () => signal.reason === late,
    remainingMs: () => end - performance.now(),
    until,
    async wait(ms) {
      let pause: ReturnType<typeof setTimeout> | undefined;
      const paused = new Promise<void>((resolve) => {
        pause = setTimeout(resolve, ms);
      });
      await until(paused).finally(() => clearTimeout(pause));
    },
    close() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', abort);
    },
  };
}
