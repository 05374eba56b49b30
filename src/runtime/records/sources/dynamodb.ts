import type { DynamoDBStreamEvent } from 'aws-lambda';
import { isRecord } from '../../objects.ts';
import { attributeToJson } from './dynamodb-json.ts';
import { hasRecords, type RecordSource } from './source.ts';
import { reportFirst } from './streams.ts';

/**
 * Streams of DynamoDB tables: an item that was put or changed is a message, with its attributes as members. A
 * deleted item, and a stream without new images, have nothing to answer.
 *
 * @see "Using AWS Lambda with Amazon DynamoDB", Lambda developer guide
 */
export const dynamodb: RecordSource = {
  source: 'dynamodb',

  matches: (event) =>
    hasRecords(
      event,
      ({ eventSource, dynamodb }) =>
        eventSource === 'aws:dynamodb' && isRecord(dynamodb) && typeof dynamodb.SequenceNumber === 'string',
    ),

  isOrdered: () => true,

  recordsOf: (event) =>
    recordsIn(event).map(({ eventID, dynamodb }) => ({
      id: typeof eventID === 'string' ? eventID : sequenceNumberOf(dynamodb),
      read: () => (dynamodb?.NewImage === undefined ? undefined : attributeToJson({ M: dynamodb.NewImage })),
    })),

  report: (failures, event) =>
    reportFirst(
      failures,
      recordsIn(event).map(({ dynamodb }) => sequenceNumberOf(dynamodb)),
    ),
};

function recordsIn(event: unknown): DynamoDBStreamEvent['Records'] {
  // `matches` saw the list.
  return (event as DynamoDBStreamEvent).Records;
}

function sequenceNumberOf(stream: DynamoDBStreamEvent['Records'][number]['dynamodb']): string {
  return stream?.SequenceNumber ?? '';
}
