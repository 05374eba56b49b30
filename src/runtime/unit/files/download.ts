import { randomUUID } from 'node:crypto';
import { constants, type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import { type Expected, expectedChecksum } from '../../clients/s3/s3-checksum.ts';
import type { ByteRange, S3Files } from '../../clients/s3/s3-files.ts';
import type { ListedObject } from '../../clients/s3/s3-listing.ts';
import { doneOf, look, openContent, partsOf, writeAt } from './partial-file.ts';
import { type Pool, runAll } from './pool.ts';

/**
 * The size of one ranged request. A lost part is fetched again in full. The part size times the width of
 * {@link Download.requests} bounds the memory.
 */
const PART_BYTES = 4 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/** An object to fetch, and the file that it becomes. */
export interface Download extends Target {
  readonly bucket: string;
  readonly files: S3Files;
  /** Limits how many requests run at a time. */
  readonly requests: Pool;
}

/** An object, and the path of its file. */
export interface Target {
  readonly object: ListedObject;
  /**
   * Named after the object's key and ETag, so that every writer, also in another process, writes the same
   * bytes.
   */
  readonly path: string;
}

/** Whether the file exists, complete and checked. */
export async function isThere({ path, object }: Target): Promise<boolean> {
  const found = await look(path);
  if (found?.size !== object.size) {
    return false;
  }
  return isSmall(object) || (await look(doneOf(path, found.ino))) !== undefined;
}

/** The bytes that the file takes on the disk already, from an interrupted download. */
export async function bytesOnDisk({ path, object }: Target): Promise<number> {
  const blocks = (isSmall(object) ? undefined : await look(path))?.blocks ?? 0;
  return Math.min(blocks * 512, object.size);
}

/**
 * Fetches an object into its file.
 *
 * A small object is written to a draft, which is then renamed. A large object is fetched in parts, in
 * parallel, and each part is written to its place in the file. A record, `<path>.<inode>.parts`, has one byte
 * for each part that has arrived. After a failure, or after the end of the process, the next attempt fetches
 * only the other parts, and processes that fetch at the same time share the work.
 *
 * At the end the file is read again for its checksum, so that the bytes on the disk are checked, and the
 * record is renamed to `.done`. The inode is in the name of the record, so that a record does not count for a
 * newer file at the same path.
 *
 * @returns whether S3 had a checksum to check. If not, only two things are certain: the size, and that all
 *   parts are of the same version.
 * @throws ObjectChanged when the object has changed. Error when the object cannot be fetched, or its checksum
 *   is wrong; after a wrong checksum, none of its bytes are used again.
 */
export function download(file: Download): Promise<boolean> {
  return isSmall(file.object) ? downloadWhole(file) : downloadParts(file);
}

async function downloadWhole({ bucket, object, path, files, requests }: Download): Promise<boolean> {
  const { body, headers } = await requests(() => files.read(bucket, object));
  const expected = expectedChecksum(headers);
  if (expected) {
    const checksum = expected.open();
    checksum.update(body);
    compare(bucket, object, expected, checksum.digest());
  }
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, body);
  await rename(partial, path);
  return expected !== undefined;
}

async function downloadParts(file: Download): Promise<boolean> {
  const { object, path } = file;
  const content = await openContent(path, object.size);
  try {
    return await downloadInto(content, file);
  } finally {
    await content.close();
  }
}

async function downloadInto(
  content: FileHandle,
  { bucket, object, path, files, requests }: Download,
): Promise<boolean> {
  const { ino } = await content.stat();
  const record = await open(partsOf(path, ino), constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const fetches = toParts(object.size).map((part, index) => async () => {
      const { bytesRead, buffer } = await record.read(Buffer.alloc(1), 0, 1, index);
      if (bytesRead === 1 && buffer[0] === 1) {
        return {};
      }
      const { body, headers } = await files.read(bucket, object, part);
      await writeAt(content, body, part.start);
      await writeAt(record, Buffer.of(1), index);
      return headers;
    });
    const [headers = {}] = await runAll(requests, [() => files.describe(bucket, object), ...fetches]);
    const expected = expectedChecksum(headers);
    if (expected) {
      compare(bucket, object, expected, await digest(content, expected));
    }
    await finish(path, ino);
    return expected !== undefined;
  } catch (error) {
    if (error instanceof WrongChecksum) {
      await record.truncate(0);
    }
    throw error;
  } finally {
    await record.close();
  }
}

/** Thrown when the content of a file does not have the checksum that S3 gives. */
class WrongChecksum extends Error {
  override readonly name = 'WrongChecksum';
}

function compare(bucket: string, object: ListedObject, { name, value }: Expected, found: Buffer): void {
  if (found.equals(value)) {
    return;
  }
  throw new WrongChecksum(
    `s3://${bucket}/${object.key}: the ${name} of the fetched content is ${found.toString('hex')}, expected ${value.toString('hex')}; the content is not used`,
  );
}

async function digest(content: FileHandle, { open }: Expected): Promise<Buffer> {
  const checksum = open();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await content.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) {
      return checksum.digest();
    }
    checksum.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function finish(path: string, ino: number): Promise<void> {
  // A process with a newer listing may have removed the file.
  if ((await look(path))?.ino !== ino) {
    throw new Error(`${path} was removed while it was fetched`);
  }
  try {
    await rename(partsOf(path, ino), doneOf(path, ino));
  } catch (error) {
    // Another process has finished the same file first.
    if ((await look(doneOf(path, ino))) === undefined) {
      throw error;
    }
  }
}

function isSmall({ size }: ListedObject): boolean {
  return size <= PART_BYTES;
}

function toParts(size: number): ByteRange[] {
  return Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, index) => ({
    start: index * PART_BYTES,
    end: Math.min((index + 1) * PART_BYTES, size),
  }));
}
