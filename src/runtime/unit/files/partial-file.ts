import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, link, open, rm, stat, truncate, writeFile } from 'node:fs/promises';

/** The record of the parts that a file has. */
export function partsOf(path: string, ino: number): string {
  return `${path}.${ino}.parts`;
}

/** The mark of a file that is complete and checked. */
export function doneOf(path: string, ino: number): string {
  return `${path}.${ino}.done`;
}

/**
 * Opens the file, which has its full size from the beginning. A file of another size was complete once and is
 * damaged. It is created again and not repaired: a model may be reading it under its other name, and would
 * take a half-repaired file for a complete one.
 */
export async function openContent(path: string, size: number): Promise<FileHandle> {
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
    // Another process may have created it first.
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') {
        throw error;
      }
    });
    await rm(draft);
  }
  return open(path, 'r+');
}

/** Writes all bytes. @throws Error when the disk is full. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position);
  if (bytesWritten < bytes.length) {
    throw new Error('the temporary folder has no room left');
  }
}

/** The size and the inode of a file; undefined when it does not exist. */
export async function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
