import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { hasRecords, type RecordSource } from './source.ts';

/**
 * Queues of SQS. The result names the messages that failed, if the event source mapping has
 * ReportBatchItemFailures; after `maxReceiveCount` tries, SQS moves such a message to the dead-letter queue.
 *
 * @see "Using Lambda with Amazon SQS", "Handling errors for an SQS event source", Lambda developer guide
 */
export const sqs: RecordSource = {
  source: 'sqs',

  matches: (event) =>
    hasRecords(
      event,
      ({ eventSource, messageId, body }) =>
        eventSource === 'aws:sqs' && typeof messageId === 'string' && typeof body === 'string',
    ),

  // A standard queue may have groups, too, which only share it fairly.
  isOrdered: (event) => String((event as SQSEvent).Records[0]?.eventSourceARN).endsWith('.fifo'),

  recordsOf: (event) =>
    (event as SQSEvent).Records.map(({ messageId, body, attributes }) => ({
      id: messageId,
      group: groupOf(attributes),
      read: () => body,
    })),

  report: (failures): SQSBatchResponse => ({
    batchItemFailures: failures.map(({ record }) => ({ itemIdentifier: record.id })),
  }),
};

function groupOf(attributes: unknown): string | undefined {
  const { MessageGroupId: group } = Object(attributes) as { MessageGroupId?: unknown };
  return typeof group === 'string' ? group : undefined;
}
