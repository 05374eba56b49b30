import { stringify } from '../../json/write-json.ts';
import { isRecord } from '../../objects.ts';
import { type RecordSource, toError } from './source.ts';

/**
 * Events of EventBridge, one in each call: `detail` is the message. A schedule is none of them; an event of
 * S3 names an object, which is a file of messages.
 *
 * @see "Amazon EventBridge events", EventBridge user guide
 */
export const eventbridge: RecordSource = {
  source: 'eventbridge',

  matches: (event) =>
    isRecord(event) &&
    typeof event.id === 'string' &&
    typeof event.source === 'string' &&
    typeof event['detail-type'] === 'string' &&
    event['detail-type'] !== 'Scheduled Event' &&
    isRecord(event.detail) &&
    event.requestContext === undefined,

  isOrdered: () => false,

  // The whole event: how it is opened is the same when it comes by a queue.
  recordsOf: (event) => [{ id: (event as { id: string }).id, read: () => stringify(event) }],

  report(failures) {
    if (failures.length > 0) {
      throw toError(failures, 1);
    }
    return null;
  },
};
