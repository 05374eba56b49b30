import type { S3Files } from '../../clients/s3/s3-files.ts';
import { badData } from '../../errors.ts';
import { toMessage } from '../content.ts';
import type { S3ObjectName } from '../notification.ts';
import { readRows, rowToMessage } from './csv.ts';
import { readLines } from './read-lines.ts';

/** Reads a message when it is its turn. @throws SeldonError MICROSERVICE_BAD_DATA when it cannot be read. */
export type ReadMessage = () => string;

/**
 * Reads the messages of a file, in order: of CSV (`.csv`, `.csv.gz`) the rows behind the header, of any other
 * file the lines, which are JSON.
 *
 * @param isFeedback - whether a line is a Feedback, which stays as it is.
 * @param maxBytes - of a line.
 * @throws as {@link readLines}.
 */
export async function* readMessages(
  files: Pick<S3Files, 'read'>,
  object: S3ObjectName,
  { isFeedback, maxBytes }: { readonly isFeedback: boolean; readonly maxBytes: number },
): AsyncGenerator<ReadMessage> {
  const tooLong = () => {
    throw badData(`the line has more than ${maxBytes} bytes (MAX_DECOMPRESSED_BYTES)`);
  };
  const lines = readLines(files, object, maxBytes);
  if (!/\.csv(\.gz)?$/i.test(object.key)) {
    for await (const line of lines) {
      if (line?.trim() === '') {
        continue;
      }
      yield line === undefined ? tooLong : () => (isFeedback ? line : toMessage(line));
    }
    return;
  }
  let names: readonly string[] | undefined;
  for await (const cells of readRows(lines, maxBytes)) {
    if (names === undefined) {
      names = (cells ?? tooLong()).map((name) => name.trim());
    } else {
      const header = names;
      yield cells === undefined ? tooLong : () => rowToMessage(header, cells);
    }
  }
}
