import { rename } from 'node:fs/promises';
import { UserError } from '../bundle/user-error.ts';
import { doneLines, wholeLinesLength } from './done-lines.ts';
import { openFileSink } from './file-sink.ts';
import { createInstanceId } from './instance-id.ts';
import { collectLines } from './output.ts';
import type { Row } from './row.ts';

/** A run that goes on. */
export interface Resumed {
  readonly batchId: string;
  /** Bytes of the output that stay. */
  readonly length: number;
  /** Lines of the input that have a line in the output, and those of them that have failed. */
  readonly done: number;
  readonly failed: number;
  /** Index of the first line of the input behind those that are done. */
  readonly next: number;
  /** Whether all lines before `next` are done, and were written in their order. */
  readonly isInOrder: boolean;
  /** The lines of the input that are left, in their order. */
  readonly rows: AsyncIterable<readonly Row[]>;
}

/**
 * Compares an output with its input, side by side: finds the lines that are left. It changes nothing.
 *
 * Each line of an output tells the index of its line in the input, and an id that was made of that line's
 * text. So the output is all that has to be kept: a line that was answered is found whatever the order is,
 * and an input that has been changed is noticed.
 *
 * @param batchId - as the user asks for; default: that of the output.
 * @throws UserError when the output is of another batch or input, or has a line twice.
 */
export async function resume(
  path: string,
  rows: AsyncIterable<readonly Row[]>,
  batchId: string | undefined,
): Promise<Resumed> {
  const length = await wholeLinesLength(path);
  const input = createReader(rows);
  let id = batchId;
  let instanceId = createInstanceId(id ?? '');
  let [done, failed, next] = [0, 0, 0];
  let isSorted = true;
  for await (const lines of doneLines(path, length)) {
    for (const line of lines) {
      if (id === undefined) {
        id = line.batchId;
        instanceId = createInstanceId(id);
      }
      if (line.batchId !== id) {
        throw new UserError(`${path} is the output of the batch ${line.batchId}, not of ${id}`);
      }
      const { index } = line;
      const row = await input.take(index);
      if (row === undefined) {
        throw new UserError(
          input.position > index
            ? `${path} has line ${index + 1} of the input twice`
            : `${path} has more lines than the input, such as ${index + 1}: it is the output of another one`,
        );
      }
      if (instanceId(index, row.text) !== line.instanceId) {
        throw new UserError(
          `line ${index + 1} of the input is not the one that ${path} has an answer to: ` +
            'the input has changed',
        );
      }
      isSorted &&= index === next;
      next = Math.max(next, index + 1);
      done++;
      failed += line.isFailure ? 1 : 0;
    }
  }
  return {
    batchId: id ?? crypto.randomUUID(),
    ...{ length, done, failed, next, isInOrder: isSorted && done === next },
    rows: input.rest(),
  };
}

/** Reads an input, and keeps the lines that have not been taken yet. */
function createReader(rows: AsyncIterable<readonly Row[]>) {
  const iterator = rows[Symbol.asyncIterator]();
  const kept = new Map<number, Row>();
  let position = 0;

  return {
    /** Index of the first line that has not been read. */
    get position() {
      return position;
    },
    /** The line of this index, once. */
    async take(index: number): Promise<Row | undefined> {
      while (position <= index) {
        const { value, done } = await iterator.next();
        if (done) {
          return undefined;
        }
        for (const row of value) {
          kept.set(row.index, row);
          position = row.index + 1;
        }
      }
      const row = kept.get(index);
      kept.delete(index);
      return row;
    },
    async *rest(): AsyncGenerator<readonly Row[]> {
      yield [...kept.values()];
      kept.clear();
      yield* { [Symbol.asyncIterator]: () => iterator };
    },
  };
}

/**
 * Takes the failures out of an output, so that these lines are sent again. The output is replaced as a whole,
 * once it is written: a kill loses nothing.
 *
 * @returns the number of lines that were taken out.
 */
export async function removeFailures(path: string): Promise<number> {
  const length = await wholeLinesLength(path);
  const draft = `${path}.new`;
  const output = collectLines(await openFileSink(draft, 0));
  let removed = 0;
  for await (const lines of doneLines(path, length)) {
    const good = lines.filter(({ isFailure }) => !isFailure);
    removed += lines.length - good.length;
    await output.write(good.map(({ text }) => text));
  }
  await output.close(true);
  await rename(draft, path);
  return removed;
}
