import { monotonicMs } from '../../clock.ts';
import { SeldonError } from '../../errors.ts';
import type { OpenStore, PutResult, Store } from '../store.ts';
import { toFileName } from './file-key.ts';
import { createLockedFolder, type FileLock, fileLock } from './file-lock.ts';
import { commitNext, readState, readVersion, removeNext, sweepNext, writeNext } from './file-state.ts';

const { randomUUID } = process.getBuiltinModule('node:crypto');
const { join } = process.getBuiltinModule('node:path');
const { setImmediate: nextTurn, setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
const { fileURLToPath } = process.getBuiltinModule('node:url');

/** A timer takes at least 1 ms, and the lock is mostly free again before that. */
const TURNS = 30;
const MAX_PAUSE_MS = 8;

/**
 * `file:///folder`: in it a folder per key, shared by the processes and threads of one machine.
 *
 * A put writes the new state beside the old one (`next.<id>`), takes the lock, looks whether the version is
 * still the one seen, and renames the new state into its place. A lock that is held too long is taken over
 * after its holder's `next.<id>` was removed. That file is written only once, before the lock is taken:
 * without it the holder cannot store any more, so it does not matter whether it died, was stopped or is slow.
 *
 * What a put has stored is there however processes end. When the power fails, what the system had not yet
 * written to the disk is lost (no fsync). For local disks: a network file system may repeat a rename whose
 * reply was lost.
 */
export const openFile: OpenStore = (url) => {
  const root = rootOf(url);
  const locks = new Map<string, FileLock>();

  function lockOf(folder: string): FileLock {
    const known = locks.get(folder);
    if (known) {
      return known;
    }
    sweepNext(folder);
    const lock = fileLock(folder, (id) => removeNext(folder, id));
    locks.set(folder, lock);
    return lock;
  }

  const store: Store = {
    async get(key) {
      return readState(join(root, toFileName(key)));
    },
    async put(key, value, seen, timeoutMs) {
      const folder = join(root, toFileName(key));
      const deadline = monotonicMs() + timeoutMs;
      for (;;) {
        const result = await tryPut(folder, lockOf(folder), value, seen, deadline);
        if (result) {
          return result;
        }
        if (monotonicMs() >= deadline) {
          throw new Error(`${folder} was not written in ${timeoutMs} ms: ${lockOf(folder).describe()}`);
        }
      }
    },
    async close() {},
  };
  return store;
};

/** Undefined: not stored, because the lock could not be had before `deadline` or was taken over. */
async function tryPut(
  folder: string,
  lock: FileLock,
  value: Uint8Array,
  seen: string | undefined,
  deadline: number,
): Promise<PutResult | undefined> {
  if (readVersion(folder) !== seen) {
    return refusal(folder);
  }
  const id = randomUUID();
  try {
    if (!writeNext(folder, id, value)) {
      createLockedFolder(folder);
      writeNext(folder, id, value);
    }
    for (let pauses = 0; !lock.take(id); pauses++) {
      if (monotonicMs() >= deadline) {
        return undefined;
      }
      if (pauses < TURNS) {
        await nextTurn();
      } else {
        await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** (pauses - TURNS)));
      }
      // Whoever had the lock has probably stored: then there is nothing to wait for.
      if (readVersion(folder) !== seen) {
        return refusal(folder);
      }
    }
    // Nothing is awaited from here to the release: the lock is never held while this thread does other
    // things.
    try {
      if (readVersion(folder) !== seen) {
        return refusal(folder);
      }
      return commitNext(folder, id) ? { isStored: true, version: id } : undefined;
    } finally {
      lock.release(id);
    }
  } finally {
    removeNext(folder, id);
  }
}

function refusal(folder: string): PutResult {
  return { isStored: false, current: readState(folder) };
}

function rootOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const info = `STATE_URL ${url.href}: expected file:///folder, with the whole path of the folder`;
    throw new SeldonError('MICROSERVICE_BAD_PARAMETER', info, { cause });
  }
}
