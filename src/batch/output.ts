/** Takes the lines of the output. */
export interface Output {
  /** Appends lines. Resolves when so much is written that more can be taken. */
  write(lines: readonly string[]): Promise<void>;
  /**
   * Writes what is left, down to the disk.
   *
   * @param isWhole - whether all is well: an output that is there as a whole or not at all is given up if
   *   not.
   */
  close(isWhole: boolean): Promise<void>;
}

/** Appends bytes; ends what it writes to. */
export interface Sink {
  /** The bytes are the caller's again when it resolves. */
  append(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
  /** Ends it after a failure, its own or another one. */
  abandon(): Promise<void>;
}

/** Bytes that are collected before they are written. */
const PIECE_BYTES = 1_000_000;
/** Milliseconds after which fewer are written, too: a kill costs the answers that are not. */
const MAX_AGE_MS = 200;

const LF = 0x0a;

/**
 * Collects lines, and appends them in pieces of some size or age. `write` and `close` reject when it fails.
 *
 * The memory of a piece is used again: new memory for each would cost more than its lines.
 */
export function collectLines(sink: Sink): Output {
  const free: Buffer[] = [];
  let piece: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let filled = 0;
  let pending = 0;
  let writing: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function append(bytes: Buffer, done: () => void): void {
    pending++;
    writing = writing
      .then(() => (failure === undefined ? sink.append(bytes) : undefined))
      .catch((error) => {
        failure ??= { error };
      })
      .finally(() => {
        pending--;
        done();
      });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (filled > 0) {
      const full = piece;
      append(full.subarray(0, filled), () => free.push(full));
      piece = free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
      filled = 0;
    }
  }

  function add(line: string): void {
    // A character has three bytes at most.
    const most = line.length * 3 + 1;
    if (filled + most > PIECE_BYTES) {
      flush();
    }
    if (most > PIECE_BYTES) {
      append(Buffer.from(`${line}\n`), () => {});
      return;
    }
    filled += piece.write(line, filled);
    piece[filled++] = LF;
  }

  function refuseFailed(): void {
    if (failure !== undefined) {
      throw failure.error;
    }
  }

  return {
    async write(lines) {
      for (const line of lines) {
        add(line);
      }
      timer ??= setTimeout(flush, MAX_AGE_MS);
      if (pending > 1) {
        await writing;
      }
      refuseFailed();
    },
    async close(isWhole) {
      flush();
      await writing;
      if (isWhole && failure === undefined) {
        await sink.close().catch((error) => {
          failure = { error };
        });
      }
      if (!isWhole || failure !== undefined) {
        await sink.abandon();
      }
      refuseFailed();
    },
  };
}
