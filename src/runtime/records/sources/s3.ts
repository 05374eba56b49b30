import type { S3Event } from 'aws-lambda';
import { isRecord } from '../../objects.ts';
import { hasRecords, type RecordSource, toError } from './source.ts';

/**
 * Notifications of S3, mostly one in each call: a new object is a file of messages. A call that fails is
 * repeated by Lambda, and goes on behind the parts that are done.
 *
 * @see "Event message structure", S3 user guide
 */
export const s3: RecordSource = {
  source: 's3',

  matches: (event) => hasRecords(event, ({ eventSource, s3 }) => eventSource === 'aws:s3' && isRecord(s3)),

  isOrdered: () => false,

  recordsOf: (event) =>
    (event as S3Event).Records.map((record) => ({
      id: idOf(record),
      read: () => JSON.stringify({ Records: [record] }),
    })),

  report(failures, event) {
    if (failures.length > 0) {
      throw toError(failures, (event as S3Event).Records.length);
    }
    return null;
  },
};

function idOf({ s3: { bucket, object } }: S3Event['Records'][number]): string {
  return [bucket?.name, object?.key, object?.sequencer].join('/');
}
