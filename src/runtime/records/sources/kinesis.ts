import type { KinesisStreamEvent } from 'aws-lambda';
import { fromBase64 } from '../../base64.ts';
import { badData } from '../../errors.ts';
import { decodeText } from '../../json/decode-text.ts';
import { isRecord } from '../../objects.ts';
import { hasRecords, type RecordSource } from './source.ts';
import { reportFirst } from './streams.ts';

/** The first bytes of a record in which the Kinesis Producer Library has put several. */
const AGGREGATED = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);

/**
 * Streams of Kinesis. Each record is one message; records that a producer has aggregated are refused.
 *
 * @see "Using Lambda to process records from Amazon Kinesis Data Streams", Lambda developer guide
 */
export const kinesis: RecordSource = {
  source: 'kinesis',

  matches: (event) =>
    hasRecords(
      event,
      ({ eventSource, kinesis }) =>
        eventSource === 'aws:kinesis' &&
        isRecord(kinesis) &&
        typeof kinesis.sequenceNumber === 'string' &&
        typeof kinesis.data === 'string',
    ),

  isOrdered: () => true,

  recordsOf: (event) =>
    (event as KinesisStreamEvent).Records.map(({ eventID, kinesis: { sequenceNumber, data } }) => ({
      // With the shard: its number is unique there.
      id: typeof eventID === 'string' ? eventID : sequenceNumber,
      read: () => readData(data),
    })),

  report: (failures, event) =>
    reportFirst(
      failures,
      (event as KinesisStreamEvent).Records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber),
    ),
};

function readData(data: string): string {
  const bytes = fromBase64(data);
  if (bytes === undefined) {
    throw badData('the data of the record is not base64');
  }
  if (AGGREGATED.equals(bytes.subarray(0, AGGREGATED.length))) {
    throw badData(
      'the record is one of several that the Kinesis Producer Library has aggregated; expected one message in each record: AggregationEnabled=false',
    );
  }
  return decodeText(bytes);
}
