import type { Context } from 'aws-lambda';
import { type SeldonError, toSeldonError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import { answerRecords, type Outcome, type RecordAnswer } from './answer-records.ts';
import { toLine } from './answer-text.ts';
import { type Calls, failureOf } from './calls.ts';
import { openContent } from './content.ts';
import { Delivery } from './delivery.ts';
import type { Outputs } from './open-outputs.ts';
import type { Output } from './outputs/output.ts';
import type { EventRecord, RecordSource, Unanswered } from './sources/source.ts';

/** What all events share. */
export interface EventParts {
  readonly calls: Calls;
  readonly instance: Instance;
  /** A mistake in the configuration of batches: no record can be answered. */
  readonly mistake: SeldonError | undefined;
  readonly outputs: Outputs;
}

/** Answers the records of an event, and makes the result that its source wants. */
export async function answerEvent(
  parts: EventParts,
  source: RecordSource,
  event: unknown,
  context: Context,
): Promise<unknown> {
  const { instance } = parts;
  const records = source.recordsOf(event);
  const failures = await answerAll(parts, { records, isOrdered: source.isOrdered(event), context });
  const { log } = instance;
  const [first] = failures;
  log[first === undefined ? 'info' : 'warn']('the records of an event', {
    source: source.source,
    records: records.length,
    failed: failures.length,
    ...(first && { firstFailed: first.record.id, reason: first.reason }),
    requestId: context.awsRequestId,
  });
  return source.report(failures, event);
}

interface EventRecords {
  readonly records: readonly EventRecord[];
  readonly isOrdered: boolean;
  readonly context: Context;
}

async function answerAll(
  parts: EventParts,
  { records, isOrdered, context }: EventRecords,
): Promise<readonly Unanswered[]> {
  const { instance, outputs } = parts;
  const requestId = context.awsRequestId;
  const remainingMs = () => context.getRemainingTimeInMillis();
  let output: Output | undefined;
  try {
    if (parts.mistake !== undefined) {
      throw parts.mistake;
    }
    output = await outputs.open();
  } catch (thrown) {
    const { reason, message: info } = toSeldonError(thrown);
    instance.log.error('the answers cannot be sent', { reason }, thrown);
    return records.map((record, index) => ({ record, index, reason, info }));
  }
  const delivery =
    output && new Delivery<RecordAnswer>(output, { isInOrder: isOrdered, name: requestId, remainingMs });
  const answer = (record: EventRecord) => answerRecord(parts, record, context);
  const failures = await answerRecords(records, { answer, delivery, isOrdered, remainingMs });
  const lost = failures.find(({ reason }) => reason === 'BATCH_UNDELIVERED');
  if (lost !== undefined) {
    instance.log.error('answers could not be sent', { info: lost.info, requestId });
  }
  return failures;
}

/** Answers one record. Never throws. */
async function answerRecord(parts: EventParts, record: EventRecord, context: Context): Promise<Outcome> {
  const { calls, instance } = parts;
  const { id } = record;
  try {
    const text = record.read();
    if (text === undefined) {
      return { text };
    }
    const content = openContent(text, calls.isFeedback);
    if (content.kind === 'files') {
      const { answerFiles } = await import('./files/answer-files.ts');
      await answerFiles(parts, content.objects, context);
      return { text: undefined };
    }
    const called = await calls.call(id, content.body, context);
    if (called.status >= 400) {
      return { failure: failureOf(called) };
    }
    return { text: toLine(called.body, { batch_instance_id: id }) };
  } catch (thrown) {
    const { reason, message: info } = toSeldonError(thrown);
    instance.log.info('a record cannot be read', { reason, puid: id }, thrown);
    return { failure: { reason, info } };
  }
}
