import { CallFailure, summaryOf } from '../call-failure.ts';
import { SeldonError } from '../errors.ts';

/** The state store could not be used in time: 503 with Retry-After. The log has the whole reason. */
export class StateUnavailable extends SeldonError {
  /** Other writers were faster each time: it is known that nothing was stored. */
  readonly isRefused: boolean;

  /** @param cause - the error of the last try; undefined: other writers were faster. */
  constructor(cause: unknown) {
    const why = cause === undefined ? 'other writers were faster' : summaryOf(cause);
    super('MICROSERVICE_STATE_UNAVAILABLE', `the state store could not be used in time: ${why}`, {
      cause,
      headers: { 'retry-after': '1' },
    });
    this.isRefused = cause === undefined;
  }
}

const BUSY = 'an earlier call of this instance has not ended';

/** The error for a call whose turn has not come in time. */
export function busyError(): StateUnavailable {
  return new StateUnavailable(new CallFailure(BUSY, BUSY));
}
