import { createGzip } from 'node:zlib';
import type { Sink } from './output.ts';

/** Compresses what is appended, on its way to another sink. */
export function gzipped(sink: Sink): Sink {
  const gzip = createGzip();
  const pumping = pump();
  // It is awaited later, and may have failed before that.
  pumping.catch(() => {});

  async function pump(): Promise<void> {
    for await (const bytes of gzip) {
      await sink.append(bytes);
    }
  }

  return {
    append: (bytes) =>
      new Promise((resolve, reject) => {
        gzip.write(bytes, (error) => {
          if (!error) {
            resolve();
          } else {
            // The reason is that of the sink.
            pumping.then(() => reject(error), reject);
          }
        });
      }),
    async close() {
      gzip.end();
      await pumping;
      await sink.close();
    },
    async abandon() {
      // So that the bytes that are written can be read.
      gzip.end();
      await pumping.catch(() => {});
      await sink.abandon();
    },
  };
}
