import { monotonicMs } from '../clock.ts';
import { SeldonError, toSeldonError } from '../errors.ts';

const MAX_BACKOFF_ROUND_TRIPS = 16;
const MIN_BACKOFF_MS = 1;
/** Until one has been measured. */
const FIRST_ROUND_TRIP_MS = 5;
/** One operation may not take all the time there is: a dead connection shall be noticed. */
const MAX_OPERATION_MS = 2_000;

/**
 * Operations of a store, timed, so that the pauses between tries fit it. Deadlines are by `monotonicMs()`.
 */
export interface RoundTrips {
  /**
   * Runs an operation, and tells it how long it may take.
   *
   * @throws Error when the deadline has come.
   */
  time<T>(run: (timeoutMs: number) => Promise<T>, deadline: number): Promise<T>;
  /**
   * Waits before the next try: full jitter, of 2 ** `retries` round trips, 16 at most.
   *
   * @throws SeldonError MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After), with `cause`, when the wait would
   *   pass the deadline.
   */
  pause(retries: number, deadline: number, cause: unknown): Promise<void>;
}

/** Measures the round trips of one store, from its own calls. */
export function createRoundTrips(): RoundTrips {
  let roundTripMs = FIRST_ROUND_TRIP_MS;
  return {
    async time(run, deadline) {
      const start = monotonicMs();
      const timeoutMs = Math.min(MAX_OPERATION_MS, deadline - start);
      if (timeoutMs <= 0) {
        throw new Error('no time is left');
      }
      const result = await run(timeoutMs);
      roundTripMs += (monotonicMs() - start - roundTripMs) / 8;
      return result;
    },
    async pause(retries, deadline, cause) {
      const most = Math.max(MIN_BACKOFF_MS, roundTripMs * Math.min(MAX_BACKOFF_ROUND_TRIPS, 2 ** retries));
      const ms = Math.random() * most;
      if (monotonicMs() + ms >= deadline) {
        throw unavailable(cause);
      }
      await new Promise((done) => setTimeout(done, ms));
    },
  };
}

function unavailable(cause: unknown): SeldonError {
  return new SeldonError(
    'MICROSERVICE_STATE_UNAVAILABLE',
    `the state store could not be used in time: ${toSeldonError(cause).message}`,
    { cause, headers: { 'retry-after': '1' } },
  );
}
