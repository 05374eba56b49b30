import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unreadable } from '../bundle/path-error.ts';
import { UserError } from '../bundle/user-error.ts';
import { piecesOf, type S3Object } from './s3-input.ts';

/** The bytes of an input. */
export interface Input {
  /** Decompressed. Each is valid until the next one is asked for: its memory may be used again. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Bytes of the input, compressed as it is; undefined: not known. */
  readonly size: number | undefined;
  /** Bytes that have been read so far, compressed as they are. */
  bytesRead(): number;
  /** Closes the file, also where not all of it has been read. */
  close(): Promise<void>;
}

/** Bytes as they are stored. */
interface Stored extends Pick<Input, 'size' | 'close'> {
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Standard input, and an object of S3, are nothing to close. */
const nothing = async () => {};

/** Texts of more than 128 kB are slow to make: V8 keeps each in memory of its own. */
const PIECE_BYTES = 64 * 1024;

/**
 * Opens an input: a file, standard input, or an object of S3. What begins as gzip is decompressed, whatever
 * its name is.
 *
 * @param source - `-` for standard input. @throws UserError when there is no such file.
 */
export async function openInput(source: string | S3Object): Promise<Input> {
  const { stream, size, close } = await openStored(source);
  let read = 0;
  const counted = count(stream, (bytes) => {
    read += bytes;
  });
  const name = typeof source === 'string' ? source : 'the object';
  return { pieces: decompressed(name, counted), size, bytesRead: () => read, close };
}

async function openStored(source: string | S3Object): Promise<Stored> {
  if (typeof source !== 'string') {
    return { stream: piecesOf(source), size: source.size, close: nothing };
  }
  return source === '-' ? { stream: process.stdin, size: undefined, close: nothing } : openFile(source);
}

async function openFile(path: string): Promise<Stored> {
  const found = await stat(path).catch((error) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) {
    throw new UserError(`${path} is a folder; expected a file`);
  }
  const stream = read(path);
  const isFile = found.isFile();
  return {
    stream,
    size: isFile ? found.size : undefined,
    async close() {
      const closed = stream.return(undefined);
      // A pipe is closed after its next bytes, which may never come.
      if (isFile) {
        await closed;
      } else {
        closed.catch(() => {});
      }
    },
  };
}

/** Reads a file into the same memory again and again: new memory for each piece would soon be garbage. */
async function* read(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory);
      if (bytesRead === 0) {
        return;
      }
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* count(
  stream: AsyncIterable<Uint8Array>,
  add: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    add(piece.length);
    yield piece;
  }
}

/** @throws UserError for a text in UTF-16, and for a gzip that is damaged or ends too early. */
async function* decompressed(path: string, pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await firstBytes(pieces, 2);
  const [one, two] = first;
  if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff)) {
    throw new UserError(`${path} is in UTF-16; expected UTF-8`);
  }
  const all = again(first, pieces);
  if (one !== 0x1f || two !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // Its error is that of the loop.
  pipeline(copied(all), gunzip, () => {});
  try {
    yield* gunzip;
  } catch (error) {
    throw new UserError(`${path} cannot be decompressed to its end: ${(error as Error).message}`);
  }
}

/** So many bytes, or more; fewer only if there are no more. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array>, count: number): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for (let length = 0; length < count; ) {
    const { value } = await pieces.next();
    if (value === undefined) {
      break;
    }
    found.push(Uint8Array.from(value));
    length += value.length;
  }
  return found.length === 1 ? (found[0] as Uint8Array) : Buffer.concat(found);
}

async function* copied(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield Uint8Array.from(piece);
  }
}

async function* again(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
