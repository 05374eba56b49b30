import { isRecord } from '../../objects.ts';
import { single } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES } from './event-body.ts';
import { toError } from './invocation-error.ts';

/**
 * A schedule of EventBridge, or of EventBridge Scheduler without an input of its own, that keeps an instance
 * warm: it loads the model and calls none of its methods.
 *
 * @see "Amazon EventBridge events", `ScheduledEvent`
 */
export const schedule = single({
  source: 'schedule',
  maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,

  matches: (event) =>
    isRecord(event) &&
    (event.source === 'aws.events' || event.source === 'aws.scheduler') &&
    event['detail-type'] === 'Scheduled Event' &&
    event.requestContext === undefined,

  toRequest: () => ({ method: '', path: '', query: {}, headers: {}, isWarmUp: true }),

  // Nobody reads the result. But Lambda counts an error, so that an alarm can start before a caller is
  // affected.
  toResult(response) {
    if (response.status >= 400) {
      throw toError(response);
    }
    return null;
  },
});
