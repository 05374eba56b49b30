import type { KinesisStreamBatchResponse } from 'aws-lambda';
import type { Unanswered } from './source.ts';

/**
 * The result for a stream: Lambda goes on from the first record that failed, if the event source mapping has
 * ReportBatchItemFailures. The first one is enough, for all after it have not been tried.
 *
 * @param sequenceNumbers - of all records of the event.
 * @see "Configuring partial batch response with Kinesis Data Streams and Lambda", Lambda developer guide
 */
export function reportFirst(
  [first]: readonly Unanswered[],
  sequenceNumbers: readonly string[],
): KinesisStreamBatchResponse {
  const itemIdentifier = first && sequenceNumbers[first.index];
  return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] };
}
