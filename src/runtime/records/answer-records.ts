import { within } from '../time-limit.ts';
import type { Delivery } from './delivery.ts';
import type { Answer } from './outputs/output.ts';
import type { EventRecord, Unanswered } from './sources/source.ts';

/** What became of a record: its answer, nothing to answer, or why it has none. */
export type Outcome =
  | { readonly text: string | undefined }
  | { readonly failure: { readonly reason: string; readonly info: string } };

/** How the records of an event are answered. */
export interface Work {
  /** Answers a record. Never throws. */
  answer(record: EventRecord): Promise<Outcome>;
  /** Undefined: the answers are not kept. */
  readonly delivery: Delivery<RecordAnswer> | undefined;
  /** Whether the first record that fails ends the work. */
  readonly isOrdered: boolean;
  remainingMs(): number;
}

/** An answer with the record that it belongs to. */
export interface RecordAnswer extends Answer {
  readonly record: EventRecord;
  readonly index: number;
}

/** Reserved for sending the last answers, and for reporting; at most a quarter of the function's time. */
const RESERVE_MS = 3_000;

/**
 * Answers records one after the other, and sends the answers away. Each record ends in one of two ways: it is
 * in the result, or its answer has arrived (or there was nothing to answer, or nowhere to send it).
 *
 * When the time is nearly over, the records that are left are in the result, too; so is one whose call does
 * not end in time.
 *
 * @returns the records that failed or were not tried, in the order of the event.
 */
export async function answerRecords(
  records: readonly EventRecord[],
  { answer, delivery, isOrdered, remainingMs }: Work,
): Promise<readonly Unanswered[]> {
  const reserveMs = Math.min(RESERVE_MS, remainingMs() / 4);
  const failed = new Map<number, Unanswered>();
  let slowestMs = 0;
  const fail = (index: number, reason: string, info: string) => {
    const record = records[index] as EventRecord;
    failed.set(index, { record, index, reason, info });
  };
  const settle = (undelivered: Awaited<ReturnType<Delivery<RecordAnswer>['send']>>) => {
    for (const { answer, info } of undelivered) {
      fail(answer.index, UNDELIVERED, info);
    }
  };
  for (const [index, record] of records.entries()) {
    if (isOrdered && failed.size > 0) {
      fail(index, NOT_TRIED, 'not tried, because an earlier record failed');
      continue;
    }
    const leftMs = remainingMs() - reserveMs;
    if (leftMs <= slowestMs) {
      fail(index, TOO_LATE, 'not tried, because the time of the function is nearly over');
      continue;
    }
    const outcome = await within(answer(record), leftMs, late).catch(() => ({ failure: LATE }));
    slowestMs = Math.max(slowestMs, leftMs + reserveMs - remainingMs());
    if ('failure' in outcome) {
      fail(index, outcome.failure.reason, outcome.failure.info);
    } else if (outcome.text !== undefined && delivery !== undefined) {
      const { id, group } = record;
      settle(await delivery.add({ id, group, text: outcome.text, record, index }));
    }
  }
  settle((await delivery?.send()) ?? []);
  return inOrder(records, failed, isOrdered);
}

/** Reasons of a record that has no answer, beside those of its call. */
const NOT_TRIED = 'BATCH_NOT_TRIED';
const TOO_LATE = 'BATCH_TIME_OVER';
const UNDELIVERED = 'BATCH_UNDELIVERED';
const LATE = { reason: TOO_LATE, info: 'the call did not end in the time of the function' };

function late(): Error {
  return new Error(LATE.info);
}

/**
 * The failures by place. Where order counts, all records behind the first failure are among them: their
 * answers were sent with it, in one write that failed as a whole.
 */
function inOrder(
  records: readonly EventRecord[],
  failed: ReadonlyMap<number, Unanswered>,
  isOrdered: boolean,
): Unanswered[] {
  const first = Math.min(...failed.keys());
  return records.flatMap((record, index) => {
    const failure = failed.get(index);
    if (failure !== undefined) {
      return [failure];
    }
    const info = 'to be done again, because an earlier record failed';
    return isOrdered && index > first ? [{ record, index, reason: NOT_TRIED, info }] : [];
  });
}
