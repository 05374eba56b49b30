import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';

/** How often a process looks whether another one is ready, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * A file that takes long to make: the first process that asks makes it, and all others wait for it. It is
 * there until all test files have run.
 *
 * @param make - makes it; the file is there when this resolves.
 * @returns its path.
 */
export async function madeOnce(name: string, make: (file: string) => Promise<void>): Promise<string> {
  const file = join(inject('lanes'), name);
  const lock = `${file}.lock`;
  while (!take(lock)) {
    await setTimeout(INTERVAL_MS);
  }
  try {
    if (!existsSync(file)) {
      await make(file);
    }
    return file;
  } finally {
    rmSync(lock, { recursive: true });
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}
