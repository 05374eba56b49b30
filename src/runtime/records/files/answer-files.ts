import type { Context } from 'aws-lambda';
import type { Location } from '../../clients/s3/s3-client.ts';
import { ObjectChanged, openFiles } from '../../clients/s3/s3-files.ts';
import { readLocation, toText } from '../../clients/s3/s3-objects.ts';
import { SeldonError, toSeldonError } from '../../errors.ts';
import type { EventParts } from '../answer-event.ts';
import { toFailureLine, toLine } from '../answer-text.ts';
import { failureOf } from '../calls.ts';
import type { S3ObjectName } from '../notification.ts';
import { isPassing } from '../passing.ts';
import { openParts, type Parts } from './parts.ts';
import { type ReadMessage, readMessages } from './read-messages.ts';

/** Bytes of answers that become one part. */
const PART_BYTES = 4 * 1024 * 1024;
/** Reserved for writing the last part. */
const RESERVE_MS = 5_000;

/**
 * Answers the lines of files. The answers to a file become objects below
 * `<BATCH_OUTPUT_URL>/<key>/<ETag>/`, in the order of the lines, one answer for each line; a line that has no
 * answer gets one that says why. `_SUCCESS` is written at the end.
 *
 * What is answered stays answered: when the time is over, the error makes Lambda try again, and that try goes
 * on behind the last part.
 *
 * @throws Error when not all lines have been answered.
 */
export async function answerFiles(
  parts: EventParts,
  objects: readonly S3ObjectName[],
  context: Context,
): Promise<void> {
  const { url } = parts.outputs;
  if (!url?.startsWith('s3:')) {
    const info = 'files of messages need BATCH_OUTPUT_URL=s3://bucket/prefix, for their answers';
    throw new SeldonError('MICROSERVICE_BAD_PARAMETER', info);
  }
  const location = readLocation(url);
  for (const object of objects) {
    await answerFile(parts, object, { location, context });
  }
}

/**
 * Answers the lines of one file, as {@link answerFiles} does.
 *
 * @param location - where the folders of the files are.
 * @returns the URL of the folder of its answers.
 */
export async function answerFile(
  parts: EventParts,
  object: S3ObjectName,
  { location: { bucket, key: prefix }, context }: { readonly location: Location; readonly context: Context },
): Promise<string> {
  const { outputs, instance } = parts;
  const name = toText(object);
  const folder = [prefix, object.key, object.etag.replaceAll('"', '')].filter(Boolean).join('/');
  if (object.bucket === bucket && (prefix === '' || object.key.startsWith(`${prefix}/`))) {
    instance.log.warn('a file below BATCH_OUTPUT_URL is an answer, and is not answered again', {
      file: name,
    });
    return toText({ bucket, key: folder });
  }
  const written = openParts({ bucket, key: folder }, outputs.settings);
  try {
    await answerLines(parts, { object, written, name }, context);
  } catch (thrown) {
    if (!(thrown instanceof ObjectChanged)) {
      throw thrown;
    }
    // The new content has an event of its own.
    instance.log.warn('the file was replaced or deleted before it was answered', { file: name });
  }
  return toText({ bucket, key: folder });
}

interface File {
  readonly object: S3ObjectName;
  readonly written: Parts;
  /** Its URL. */
  readonly name: string;
}

async function answerLines(parts: EventParts, { object, written, name }: File, context: Context) {
  const { calls, instance, outputs } = parts;
  const first = await written.done();
  if (first === undefined) {
    return;
  }
  const remainingMs = () => context.getRemainingTimeInMillis();
  const reserveMs = Math.min(RESERVE_MS, remainingMs() / 3);
  const options = { isFeedback: calls.isFeedback, maxBytes: instance.config.MAX_DECOMPRESSED_BYTES };
  let next = first;
  let lines: string[] = [];
  let bytes = 0;
  const write = async () => {
    if (lines.length > 0) {
      await written.write(next, lines);
    }
    next += lines.length;
    lines = [];
    bytes = 0;
  };
  let index = -1;
  for await (const read of readMessages(openFiles(outputs.settings), object, options)) {
    index++;
    if (index < first) {
      continue;
    }
    const id = `${name}#${index}`;
    const line =
      remainingMs() < reserveMs
        ? new SeldonError('BATCH_TIME_OVER', 'the time of the function is over', { status: 503 })
        : await answerLine(parts, { read, id, index }, context);
    if (line instanceof SeldonError) {
      await write();
      const info = `${name}: ${next} lines are answered, the next try goes on there: ${line.message}`;
      throw new SeldonError(line.reason, info, { status: line.status });
    }
    lines.push(line);
    bytes += line.length;
    if (bytes >= PART_BYTES) {
      await write();
    }
  }
  await write();
  await written.finish(next);
}

/** The line of an answer, or of why there is none; an error that may pass, which ends the work. */
async function answerLine(
  { calls }: EventParts,
  { read, id, index }: { readonly read: ReadMessage; readonly id: string; readonly index: number },
  context: Context,
): Promise<string | SeldonError> {
  const tags = { batch_instance_id: id, batch_index: index };
  let body: string;
  try {
    body = read();
  } catch (thrown) {
    const { reason, message } = toSeldonError(thrown);
    return toFailureLine(reason, message, tags);
  }
  const called = await calls.call(id, body, context);
  if (called.status < 400) {
    return toLine(called.body, tags);
  }
  const { reason, info } = failureOf(called);
  return isPassing(called.status)
    ? new SeldonError(reason, info, { status: called.status })
    : toFailureLine(reason, info, tags);
}
