import { dynamodb } from './dynamodb.ts';
import { eventbridge } from './eventbridge.ts';
import { kinesis } from './kinesis.ts';
import { s3 } from './s3.ts';
import { sns } from './sns.ts';
import type { RecordSource } from './source.ts';
import { sqs } from './sqs.ts';

/** All sources of records; at most one of them matches any event. */
export const sources: readonly RecordSource[] = [
  // One line for each source.
  dynamodb,
  eventbridge,
  kinesis,
  s3,
  sns,
  sqs,
];

/** Finds the source that matches `event`; undefined: it has no records. */
export function sourceFor(event: unknown): RecordSource | undefined {
  return sources.find((source) => source.matches(event));
}
