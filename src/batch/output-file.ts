import { open } from 'node:fs/promises';

/** Where the lines go. */
export interface Output {
  /** Appends lines. Resolves when so much is written that more can be taken. */
  write(lines: readonly string[]): Promise<void>;
  /** Writes what is left, down to the disk. */
  close(): Promise<void>;
}

/** Appends bytes; ends what it writes to. */
export interface Sink {
  append(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Characters that are collected before they are written. */
const MIN_CHARACTERS = 512_000;
/** Milliseconds after which fewer are written, too: a kill costs the answers that are not. */
const MAX_AGE_MS = 200;

/**
 * A file to which lines are appended.
 *
 * @param start - in bytes: what is behind it is cut off.
 */
export async function openOutputFile(path: string, start: number): Promise<Output> {
  const file = await open(path, start === 0 ? 'w' : 'r+');
  await file.truncate(start);
  let position = start;
  return collectLines({
    async append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position);
        at += bytesWritten;
        position += bytesWritten;
      }
    },
    async close() {
      await file.sync();
      await file.close();
    },
  });
}

/** Standard output, or any other stream; a reader that is slow is waited for. */
export function openOutputStream(stream: NodeJS.WritableStream): Output {
  return collectLines({
    append: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {},
  });
}

/** Collects lines, and appends them in pieces of some size or age. `write` and `close` reject when it fails. */
function collectLines(sink: Sink): Output {
  let collected: string[] = [];
  let characters = 0;
  let writing: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (collected.length > 0 && failure === undefined) {
      const bytes = Buffer.from(`${collected.join('\n')}\n`);
      writing = writing
        .then(() => sink.append(bytes))
        .catch((error) => {
          failure ??= { error };
        });
    }
    collected = [];
    characters = 0;
    return writing;
  }

  function refuseFailed(): void {
    if (failure !== undefined) {
      throw failure.error;
    }
  }

  return {
    async write(lines) {
      for (const line of lines) {
        collected.push(line);
        characters += line.length;
      }
      if (characters >= MIN_CHARACTERS) {
        await flush();
      } else {
        timer ??= setTimeout(flush, MAX_AGE_MS);
      }
      refuseFailed();
    },
    async close() {
      await flush();
      await sink.close();
      refuseFailed();
    },
  };
}
