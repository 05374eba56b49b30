import { open } from 'node:fs/promises';
import type { Sink } from './output.ts';

/**
 * A file to which bytes are appended. What is written stays, whatever happens.
 *
 * @param start - in bytes: what is behind it is cut off.
 */
export async function openFileSink(path: string, start: number): Promise<Sink> {
  const file = await open(path, start === 0 ? 'w' : 'r+');
  await file.truncate(start).catch(async (error) => {
    await file.close();
    throw error;
  });
  let position = start;
  const close = async () => {
    await file.sync();
    await file.close();
  };
  return {
    async append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position);
        at += bytesWritten;
        position += bytesWritten;
      }
    },
    close,
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
