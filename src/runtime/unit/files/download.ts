import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  constants,
  type FileHandle,
  link,
  open,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { type Expected, expectedChecksum } from '../../clients/s3/s3-checksum.ts';
import type { ByteRange, S3Files } from '../../clients/s3/s3-files.ts';
import type { ListedObject } from '../../clients/s3/s3-listing.ts';
import { type Pool, runAll } from './pool.ts';

/**
 * What is asked for at once. A part that was lost is asked for anew, all of it; times the width of {@link
 * Download.requests} it bounds the memory.
 */
const PART_BYTES = 4 * 1024 * 1024;

const CHUNK_BYTES = 1024 * 1024;

/** An object, and the file that it becomes. */
export interface Download extends Target {
  readonly bucket: string;
  readonly files: S3Files;
  /** Where every request waits for its turn. */
  readonly requests: Pool;
}

/** What is to lie where. */
export interface Target {
  readonly object: ListedObject;
  /**
   * Named after key and ETag of the object: whoever writes here, another process too, writes the same bytes.
   */
  readonly path: string;
}

/** Whether the file is there, complete and checked. */
export async function isThere({ path, object }: Target): Promise<boolean> {
  const found = await look(path);
  if (found?.size !== object.size) {
    return false;
  }
  return isSmall(object) || (await look(doneOf(path, found.ino))) !== undefined;
}

/** What the file takes of the disk already, from a download that did not come to its end. */
export async function bytesOnDisk({ path, object }: Target): Promise<number> {
  const blocks = (isSmall(object) ? undefined : await look(path))?.blocks ?? 0;
  return Math.min(blocks * 512, object.size);
}

/**
 * Fetches an object into its file.
 *
 * A small one goes there by a rename. A large one is fetched in parts, side by side, straight to their places
 * in the file, and `<path>.<inode>.parts` has a byte for each that is there: who comes after a failure, or
 * after the end of the process, fetches the others only, and processes that do this at the same time share
 * the work. Then all of it is read once more for its checksum, so that what is checked is what is on the
 * disk, and the record is renamed to `.done`. The inode is in the name so that nobody believes it of a file
 * that somebody else has begun anew.
 *
 * @returns whether there was a checksum to check; else it is the size, and that no part is of another
 *   version.
 * @throws ObjectChanged when the object is another one by now. Error when it does not come, or the checksum
 *   is wrong: nothing of it is used again then.
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

async function downloadParts({ bucket, object, path, files, requests }: Download): Promise<boolean> {
  const content = await openContent(path, object.size);
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
    await content.close();
    await record.close();
  }
}

/** A file whose content is not what S3 says it is. */
class WrongChecksum extends Error {
  override readonly name = 'WrongChecksum';
}

function compare(bucket: string, object: ListedObject, { name, value }: Expected, found: Buffer): void {
  if (found.equals(value)) {
    return;
  }
  throw new WrongChecksum(
    `s3://${bucket}/${object.key}: the ${name} of what was fetched is ${found.toString('hex')}, expected ${value.toString('hex')}; nothing of it is used`,
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
  // Who found a newer listing may have removed it.
  if ((await look(path))?.ino !== ino) {
    throw new Error(`${path} was removed while it was fetched`);
  }
  try {
    await rename(partsOf(path, ino), doneOf(path, ino));
  } catch (error) {
    // Another process had the same parts and was faster.
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

function partsOf(path: string, ino: number): string {
  return `${path}.${ino}.parts`;
}

function doneOf(path: string, ino: number): string {
  return `${path}.${ino}.done`;
}

/**
 * The file, of full size from the moment it is there. One of another size was complete and is damaged: it is
 * begun anew and not mended, since a model may be reading it under its other name, and would take a half
 * mended one for whole.
 */
async function openContent(path: string, size: number): Promise<FileHandle> {
  const found = await look(path);
  if (found !== undefined && found.size !== size) {
    for (const each of [doneOf(path, found.ino), partsOf(path, found.ino), path]) {
      await rm(each, { force: true });
    }
  }
  if (found?.size !== size) {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, '', { mode: 0o600 });
    await truncate(draft, size);
    // Another process may have been faster.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    });
    await rm(draft);
  }
  return open(path, 'r+');
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position);
  if (bytesWritten < bytes.length) {
    throw new Error('the temporary folder has no room left');
  }
}

/** Size and inode; undefined when there is none. */
async function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
