import { isRecord } from '../../objects.ts';
import { single } from './adapter.ts';
import { LAMBDA_MAX_RESPONSE_BYTES } from './event-body.ts';
import { toError } from './invocation-error.ts';

/**
 * A schedule of EventBridge, which keeps an instance warm: the model is loaded, and nothing is asked of it.
 *
 * @see "Amazon EventBridge events", `ScheduledEvent`
 */
export const schedule = single({
  source: 'schedule',
  maxResponseBytes: LAMBDA_MAX_RESPONSE_BYTES,

  matches: (event) =>
    isRecord(event) &&
    event.source === 'aws.events' &&
    event['detail-type'] === 'Scheduled Event' &&
    event.requestContext === undefined,

  toRequest: () => ({ method: '', path: '', query: {}, headers: {}, isWarmUp: true }),

  // Nobody reads the result, but an error is counted, and alarms before a caller comes.
  toResult(response) {
    if (response.status >= 400) {
      throw toError(response);
    }
    return null;
  },
});
