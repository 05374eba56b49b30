import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EventAdapter } from '../../src/runtime/lambda/events/adapter.ts';
import { isRecord } from '../../src/runtime/objects.ts';

/**
 * An event source to try the contract with: a queue, whose events have several records, some of which may
 * fail.
 */
export const toyQueue: EventAdapter = {
  source: 'queue',
  maxResponseBytes: 6 * 1024 * 1024,
  matches: (event) => isRecord(event) && Array.isArray(event.Records),
  toRequests: (event) =>
    // `matches` saw the list.
    (event as SQSEvent).Records.map(({ body, messageId }) => ({
      method: 'POST',
      path: '/predict',
      query: {},
      headers: { 'content-type': 'application/json', 'seldon-puid': messageId },
      body,
    })),
  toResult: (responses, event): SQSBatchResponse => ({
    batchItemFailures: (event as SQSEvent).Records.filter((_, index) => {
      const { status } = responses[index] ?? { status: 500 };
      return status >= 400;
    }).map(({ messageId }) => ({ itemIdentifier: messageId })),
  }),
};
