import { type FileHandle, open } from 'node:fs/promises';
import { unwritable } from '../bundle/path-error.ts';
import type { Sink } from './output.ts';

/**
 * A file to which bytes are appended. What is written stays, whatever happens.
 *
 * @param start - in bytes: what is behind it is cut off. Without a meaning for a device or a pipe.
 * @throws UserError when it cannot be opened.
 */
export async function openFileSink(path: string, start: number): Promise<Sink> {
  const file = await open(path, start === 0 ? 'w' : 'r+').catch((error) => {
    throw unwritable(path, error);
  });
  try {
    const isFile = (await file.stat()).isFile();
    if (isFile) {
      await file.truncate(start);
    }
    return sinkOf(file, isFile ? start : undefined);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @param start - undefined: it has no places, and is written as it comes. */
function sinkOf(file: FileHandle, start: number | undefined): Sink {
  let written = 0;
  return {
    async append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const place = start === undefined ? null : start + written;
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, place);
        at += bytesWritten;
        written += bytesWritten;
      }
    },
    async close() {
      if (start !== undefined) {
        await file.sync();
      }
      await file.close();
    },
    abandon: () => file.close(),
  };
}

/** Standard output, or any other stream; a reader that is slow is waited for. */
export function openStreamSink(stream: NodeJS.WritableStream): Sink {
  return {
    append: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {},
    abandon: async () => {},
  };
}
