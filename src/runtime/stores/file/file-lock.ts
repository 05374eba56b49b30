import { monotonicMs } from '../../clock.ts';
import { crypto } from '../../crypto.ts';
import { unlessMissing } from './unless-missing.ts';

const fs = process.getBuiltinModule('node:fs');
const { dirname, join } = process.getBuiltinModule('node:path');

/**
 * A write needs its lock for less than 1 ms. A holder that keeps it for longer than this has died, was
 * stopped, or is too slow.
 */
const MAX_HELD_MS = 300;
const FREE = 'lock.free';

/**
 * The lock of a folder: one empty file, `lock.free`, or `lock.<id>` while the write of that id holds it.
 * Renaming it takes it, and only one of many can rename a file.
 */
export interface FileLock {
  /** Takes the lock for the write `id`, if it is free or was held too long; never waits. */
  take(id: string): boolean;
  release(id: string): void;
  /** The reason why it cannot be taken, as a clause. */
  describe(): string;
}

/**
 * @param disarm - called with the id of the write that has held the lock too long, before the lock is taken
 *   over: from then on that write must be unable to change anything, even if it was only stopped and
 *   continues.
 */
export function fileLock(folder: string, disarm: (id: string) => void): FileLock {
  let known: { readonly holder: string; readonly since: number } | undefined;

  function rename(from: string, to: string): boolean {
    const renamed = unlessMissing(() => {
      fs.renameSync(join(folder, from), join(folder, to));
      return true;
    });
    return renamed ?? false;
  }

  function holder(): string | undefined {
    const names = unlessMissing(() => fs.readdirSync(folder)) ?? [];
    return names.find((name) => name.startsWith('lock.') && name !== FREE)?.slice('lock.'.length);
  }

  return {
    take(id) {
      if (rename(FREE, `lock.${id}`)) {
        return true;
      }
      const now = monotonicMs();
      const last = holder();
      if (last === undefined || last !== known?.holder) {
        known = last === undefined ? undefined : { holder: last, since: now };
        return false;
      }
      if (now - known.since < MAX_HELD_MS) {
        return false;
      }
      disarm(last);
      return rename(`lock.${last}`, `lock.${id}`);
    },
    release(id) {
      rename(`lock.${id}`, FREE);
    },
    describe() {
      const last = holder();
      if (last !== undefined) {
        return `write ${last} has its lock`;
      }
      if (fs.existsSync(join(folder, FREE))) {
        return 'others took its lock first';
      }
      return `it has no lock; while nothing writes there, create the empty file ${FREE}`;
    },
  };
}

/** Creates a folder with its lock in it from the start: with two locks, two could write. */
export function createLockedFolder(folder: string): void {
  const draft = join(dirname(folder), `.${crypto().randomUUID()}`);
  fs.mkdirSync(draft, { recursive: true });
  fs.writeFileSync(join(draft, FREE), '');
  try {
    fs.renameSync(draft, folder);
  } catch (error) {
    fs.rmSync(draft, { recursive: true });
    // Another writer was faster: rename does not replace a folder that is not empty.
    if (!fs.existsSync(folder)) {
      throw error;
    }
  }
}
