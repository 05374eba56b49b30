import type { SNSEvent } from 'aws-lambda';
import { isRecord } from '../../objects.ts';
import { hasRecords, type RecordSource, toError } from './source.ts';

/**
 * Topics of SNS, which call the function asynchronously: a call that fails is repeated by Lambda, and then
 * goes to the queue of failed calls.
 *
 * @see "Using AWS Lambda with Amazon SNS", Lambda developer guide
 */
export const sns: RecordSource = {
  source: 'sns',

  matches: (event) =>
    hasRecords(
      event,
      ({ EventSource, Sns }) =>
        EventSource === 'aws:sns' &&
        isRecord(Sns) &&
        typeof Sns.MessageId === 'string' &&
        typeof Sns.Message === 'string',
    ),

  isOrdered: () => false,

  recordsOf: (event) =>
    (event as SNSEvent).Records.map(({ Sns: { MessageId, Message } }) => ({
      id: MessageId,
      read: () => Message,
    })),

  report(failures, event) {
    if (failures.length > 0) {
      throw toError(failures, (event as SNSEvent).Records.length);
    }
    return null;
  },
};
