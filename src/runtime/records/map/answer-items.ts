import type { Context } from 'aws-lambda';
import { openFiles } from '../../clients/s3/s3-files.ts';
import { openObjects } from '../../clients/s3/s3-objects.ts';
import { SeldonError, toSeldonError } from '../../errors.ts';
import { stringify } from '../../json/write-json.ts';
import { isRecord } from '../../objects.ts';
import type { EventParts } from '../answer-event.ts';
import { toFailureLine, toLine } from '../answer-text.ts';
import { failureOf } from '../calls.ts';
import { toMessage } from '../content.ts';
import { answerFile } from '../files/answer-files.ts';
import { isPassing } from '../passing.ts';
import type { MapEvent, MapItem } from './map-event.ts';

/** Reserved for writing the answers; at most a third of the function's time. */
const RESERVE_MS = 5_000;
/** Digits of the place of an item in the name of a part, so that the names are in the order of the items. */
const DIGITS = 12;
/** The name of the error for which the state machine tries the same items again. */
export const TRY_AGAIN = 'BATCH_TRY_AGAIN';

/**
 * Answers a batch of items of a Distributed Map. The answers become the lines of one object of S3, named
 * after the place of the first item, so that a repeated call writes the same object again. An item that
 * cannot be answered gets a line that says why.
 *
 * @returns the event again, with the items that are left: it is the input of the next call. There are some
 *   when the time was nearly over, or when a failure may pass.
 * @throws Error named {@link TRY_AGAIN} when the first item meets a failure that may pass, so that no item
 *   has been answered.
 */
export async function answerItems(parts: EventParts, event: MapEvent, context: Context): Promise<MapEvent> {
  const { BatchInput, Items, done = { answered: 0, failed: 0 } } = event;
  if (parts.mistake !== undefined) {
    throw parts.mistake;
  }
  const reserveMs = Math.min(RESERVE_MS, context.getRemainingTimeInMillis() / 3);
  const lines: string[] = [];
  let failed = 0;
  for (const item of Items) {
    if (lines.length > 0 && context.getRemainingTimeInMillis() < reserveMs) {
      break;
    }
    const outcome = await answerItem(parts, BatchInput, item, context);
    if (outcome instanceof SeldonError) {
      if (lines.length > 0) {
        break;
      }
      throw Object.assign(new Error(`${outcome.reason}: ${outcome.message}`), { name: TRY_AGAIN });
    }
    lines.push(outcome.line);
    failed += outcome.isFailure ? 1 : 0;
  }
  const [first] = Items;
  if (first !== undefined) {
    const { bucket, prefix } = BatchInput.output;
    const key = `${prefix}/part-${`${first.index}`.padStart(DIGITS, '0')}.jsonl`;
    const body = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    await openObjects(parts.outputs.settings).create(
      { bucket, key },
      body,
      context.getRemainingTimeInMillis(),
    );
  }
  const counts = { answered: done.answered + lines.length - failed, failed: done.failed + failed };
  return { BatchInput, Items: Items.slice(lines.length), done: counts };
}

/** The line of an item; or an error that may pass. */
async function answerItem(
  parts: EventParts,
  { run, format, output }: MapEvent['BatchInput'],
  { index, value }: MapItem,
  context: Context,
): Promise<{ readonly line: string; readonly isFailure: boolean } | SeldonError> {
  const { calls } = parts;
  const tags = { batch_id: run, batch_instance_id: `${run}/${index}`, batch_index: index };
  try {
    if (format === 'inventory') {
      const object = await describe(parts, value);
      const name = await answerFile(parts, object, { location: toLocation(output), context });
      return { line: stringify({ strData: name, meta: { tags } }), isFailure: false };
    }
    const text = stringify(value);
    const body = calls.isFeedback ? text : toMessage(text, format === 'csv');
    const called = await calls.call(tags.batch_instance_id, body, context);
    if (called.status < 400) {
      return { line: toLine(called.body, tags), isFailure: false };
    }
    const { reason, info } = failureOf(called);
    return isPassing(called.status)
      ? new SeldonError(reason, info, { status: called.status })
      : { line: toFailureLine(reason, info, tags), isFailure: true };
  } catch (thrown) {
    const error = toSeldonError(thrown);
    return isPassing(error.status)
      ? error
      : { line: toFailureLine(error.reason, error.message, tags), isFailure: true };
  }
}

function toLocation({ bucket, prefix }: MapEvent['BatchInput']['output']) {
  return { bucket, key: `${prefix}/files` };
}

/** The object that a row of an inventory names; its size and its ETag are asked for. */
async function describe({ outputs }: EventParts, row: unknown) {
  const { Bucket: bucket, Key: key } = isRecord(row) ? row : {};
  if (typeof bucket !== 'string' || typeof key !== 'string') {
    throw new SeldonError('MICROSERVICE_BAD_DATA', 'the row of the inventory has no Bucket and Key');
  }
  // Of all keys that begin with it, the key itself is the first.
  const found = await openFiles(outputs.settings).first({ bucket, key });
  if (found?.key !== key) {
    throw new SeldonError('MICROSERVICE_BAD_DATA', `s3://${bucket}/${key} does not exist`);
  }
  return { bucket, ...found };
}
