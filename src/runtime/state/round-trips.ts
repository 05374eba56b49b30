import { monotonicMs } from '../clock.ts';
import { StateUnavailable } from './state-unavailable.ts';

const MAX_BACKOFF_ROUND_TRIPS = 16;
const MIN_BACKOFF_MS = 1;
/** Assumed until one has been measured. */
const FIRST_ROUND_TRIP_MS = 5;
/** Limit of one operation, so that a dead connection is noticed while there is time for another try. */
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
   * @param cause - the error of the last try; undefined: other writers were faster.
   * @throws StateUnavailable MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when the wait would pass the
   *   deadline.
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
        throw new StateUnavailable(cause);
      }
      await new Promise((done) => setTimeout(done, ms));
    },
  };
}
