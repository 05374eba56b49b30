import type { S3Files } from '../../clients/s3/s3-files.ts';
import { badData } from '../../errors.ts';
import type { S3ObjectName } from '../notification.ts';

/** Bytes that are read at once. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Reads the lines of an object of S3, whatever its size; one that ends in `.gz` is decompressed. A byte order
 * mark is left out.
 *
 * @param maxBytes - of a line.
 * @returns each line, blank ones too, without its line feed; undefined for one that is longer than that.
 * @throws ObjectChanged when the object has been replaced or deleted.
 * @throws SeldonError MICROSERVICE_BAD_DATA when it cannot be decompressed.
 */
export async function* readLines(
  files: Pick<S3Files, 'read'>,
  object: S3ObjectName,
  maxBytes: number,
): AsyncGenerator<string | undefined> {
  const bytes = readBytes(files, object);
  const chunks = object.key.endsWith('.gz') ? decompress(bytes) : bytes;
  let line = new Line(maxBytes);
  let isFirst = true;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, end));
      yield line.text(isFirst);
      isFirst = false;
      line = new Line(maxBytes);
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  yield line.text(isFirst);
}

const NEWLINE = 10;

/** A line that is read piece by piece. */
class Line {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) {
      // Copied: the rest of a chunk must not keep all of it.
      this.#pieces.push(Buffer.from(piece));
    } else {
      this.#pieces = [];
    }
  }

  text(isFirst: boolean): string | undefined {
    if (this.#bytes > this.#maxBytes) {
      return undefined;
    }
    const text = Buffer.concat(this.#pieces).toString();
    return isFirst ? text.replace(/^\ufeff/, '') : text;
  }
}

async function* readBytes(
  files: Pick<S3Files, 'read'>,
  { bucket, ...object }: S3ObjectName,
): AsyncGenerator<Buffer> {
  for (let start = 0; start < object.size; start += CHUNK_BYTES) {
    const end = Math.min(start + CHUNK_BYTES, object.size);
    yield (await files.read(bucket, object, { start, end })).body;
  }
}

async function* decompress(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  const { pipeline, Readable } = process.getBuiltinModule('node:stream');
  const gunzip = createGunzip();
  // The error, also one of reading, is thrown by the loop below.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    throw String(code).startsWith('Z_') ? badData('the file ends in .gz, but it is not gzip', error) : error;
  }
}
