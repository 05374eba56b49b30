import { CallFailure } from '../call-failure.ts';
import { monotonicMs } from '../clock.ts';
import { StateUnavailable } from './state-unavailable.ts';

/**
 * How much shorter a pause after a lost race is after each further one, as a share of the longest. Who has
 * lost often comes first: if the pauses grew, a writer that has just won would win again and again.
 */
const SHORTER = 1 / 8;
/** A store that fails needs rest: each try of each caller makes it worse. */
const MAX_FAILURE_PAUSE_MS = 4_000;
/** A store that has failed for this long will not recover before the caller gives up. */
const MAX_FAILING_MS = 10_000;
const MIN_BACKOFF_MS = 1;
/** Assumed until one has been measured. */
const FIRST_ROUND_TRIP_MS = 5;
/** Limit of one operation, so that a dead connection is noticed while there is time for another try. */
const MAX_OPERATION_MS = 2_000;
/** Timers of node may fire this much too early. */
const TIMER_ERROR_MS = 2;

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
   * Waits after a lost race: full jitter, of the longest pause after the first one, and of an eighth less
   * after each further one, until there is no pause any more.
   *
   * @param conflicts - how many races were lost, from 1 on.
   * @returns whether it has waited: then others have probably written.
   * @throws StateUnavailable MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when the wait would pass the
   *   deadline.
   */
  pause(conflicts: number, deadline: number): Promise<boolean>;
  /** The failures of calls that go on until `deadline`; there is none yet. */
  failures(deadline: number): Failures;
}

/** The failures in a row while one call, or several together, use the store. */
export interface Failures {
  /** The calls go on until then. */
  deadline: number;
  /** The last error that says more than that time is over; undefined: there was none. */
  readonly reason: unknown;
  /**
   * Waits after a failure: full jitter, from one round trip on, twice as long each time, up to 4 s.
   *
   * @throws StateUnavailable MICROSERVICE_STATE_UNAVAILABLE (503, Retry-After) when the wait would pass the
   *   deadline, or the store has failed for 10 s; with the last error that says more than that time is over.
   */
  pause(error: unknown): Promise<void>;
  /** Forgets the failures: the store works. */
  end(): void;
}

/**
 * Measures the round trips of one store, from its own calls.
 *
 * @param longest - pause after a lost race, in round trips.
 */
export function createRoundTrips(longest: number): RoundTrips {
  let roundTripMs = FIRST_ROUND_TRIP_MS;
  return {
    async time(run, deadline) {
      const start = monotonicMs();
      const timeoutMs = Math.min(MAX_OPERATION_MS, deadline - start);
      if (timeoutMs <= 0) {
        throw new CallFailure('no time is left', 'no time is left');
      }
      const result = await run(timeoutMs);
      roundTripMs += (monotonicMs() - start - roundTripMs) / 8;
      return result;
    },
    async pause(conflicts, deadline) {
      const roundTrips = longest * (1 - SHORTER * (conflicts - 1));
      const toError = () => new StateUnavailable(undefined);
      if (roundTrips > 0) {
        await waitUpTo(roundTrips * roundTripMs, deadline, toError);
      } else if (monotonicMs() >= deadline) {
        throw toError();
      }
      return roundTrips > 0;
    },
    failures: (deadline) => createFailures(deadline, () => roundTripMs),
  };
}

function createFailures(deadline: number, roundTripMs: () => number): Failures {
  let count = 0;
  let since = 0;
  let reason: unknown;
  const failures: Failures = {
    deadline,
    get reason() {
      return reason;
    },
    async pause(error) {
      const now = monotonicMs();
      if (count === 0) {
        since = now;
      }
      // At the deadline, an error says only that time is over.
      if (reason === undefined || now < failures.deadline - TIMER_ERROR_MS) {
        reason = error;
      }
      const most = Math.min(MAX_FAILURE_PAUSE_MS, roundTripMs() * 2 ** count++);
      const giveUpAt = Math.min(failures.deadline, since + MAX_FAILING_MS);
      await waitUpTo(most, giveUpAt, () => new StateUnavailable(reason));
    },
    end() {
      count = 0;
      reason = undefined;
    },
  };
  return failures;
}

async function waitUpTo(mostMs: number, deadline: number, toError: () => Error): Promise<void> {
  const ms = Math.random() * Math.max(MIN_BACKOFF_MS, mostMs);
  if (monotonicMs() + ms >= deadline) {
    throw toError();
  }
  await new Promise((done) => setTimeout(done, ms));
}
