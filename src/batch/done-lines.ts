import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UserError } from '../bundle/user-error.ts';
import { isRecord } from '../runtime/objects.ts';
import { parseJson } from '../runtime/parse-json.ts';
import { splitLines } from './line-splitter.ts';

/** A line of an output: which line of the input it answers. */
export interface DoneLine {
  readonly batchId: string;
  readonly index: number;
  readonly instanceId: string;
  readonly isFailure: boolean;
  readonly text: string;
}

const LF = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/**
 * Bytes of the whole lines of an output: a run that was killed may have written half of its last one.
 *
 * @throws UserError for a file without any line, which cannot be half a line of `batch` either.
 */
export async function wholeLinesLength(path: string): Promise<number> {
  const file = await open(path);
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    let { size: end } = await file.stat();
    while (end > 0) {
      const start = Math.max(0, end - BLOCK_BYTES);
      const { bytesRead } = await file.read(block, 0, end - start, start);
      const last = block.subarray(0, bytesRead).lastIndexOf(LF);
      if (last !== -1) {
        return start + last + 1;
      }
      end = start;
    }
    const { bytesRead } = await file.read(block, 0, 2, 0);
    if (bytesRead > 0 && !'{"'.startsWith(block.toString('latin1', 0, bytesRead))) {
      throw new UserError(`${path} was not written by batch`);
    }
    return 0;
  } finally {
    await file.close();
  }
}

/**
 * The lines of an output, up to `length` bytes of it.
 *
 * @throws UserError for a line that `batch` has not written.
 */
export async function* doneLines(path: string, length: number): AsyncGenerator<readonly DoneLine[]> {
  if (length === 0) {
    return;
  }
  const pieces = createReadStream(path, { end: length - 1, highWaterMark: 4 * BLOCK_BYTES });
  for await (const rows of splitLines(pieces)) {
    yield rows.map(({ index, text }) => readDone(`${path}, line ${index + 1}`, text));
  }
}

function readDone(place: string, text: string): DoneLine {
  const message = parseJson(text);
  const { meta, status, parameters, error } = isRecord(message) ? message : {};
  const ofSeldon = isRecord(meta) ? (isRecord(meta.tags) ? meta.tags : meta) : {};
  const tags = isRecord(parameters) ? parameters : ofSeldon;
  const { batch_id, batch_index, batch_instance_id } = tags;
  if (
    typeof batch_id !== 'string' ||
    typeof batch_instance_id !== 'string' ||
    !Number.isInteger(batch_index)
  ) {
    throw new UserError(
      `${place}: expected a line with batch_id, batch_index and batch_instance_id; ` +
        'it was not written by batch',
    );
  }
  return {
    batchId: batch_id,
    index: batch_index as number,
    instanceId: batch_instance_id,
    isFailure: typeof error === 'string' || (isRecord(status) && status.info === 'FAILURE'),
    text,
  };
}
