import { CallFailure, configurationError, NotCarriedOut } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import { crypto } from '../../crypto.ts';
import type { OpenStore, PutResult, Store } from '../store.ts';
import { toFileName } from './file-key.ts';
import { createLockedFolder, type FileLock, fileLock } from './file-lock.ts';
import { commitNext, readState, readVersion, removeNext, sweepNext, writeNext } from './file-state.ts';

const { join } = process.getBuiltinModule('node:path');
const { setImmediate: nextTurn, setTimeout: sleep } = process.getBuiltinModule('node:timers/promises');
const { fileURLToPath } = process.getBuiltinModule('node:url');

/**
 * Turns of the event loop to wait, before timers: these take at least 1 ms, and the lock is mostly free
 * before that.
 */
const TURNS = 30;
const MAX_PAUSE_MS = 8;

/**
 * `file:///folder`: in it a folder per key, shared by the processes and threads of one machine.
 *
 * A put writes the new state beside the old one (`next.<id>`), takes the lock, checks that the version is
 * still the one seen, and renames the new state into its place. A lock that is held too long is taken over
 * after its holder's `next.<id>` was removed. That file is written only once, before the lock is taken:
 * without it the holder cannot store any more, so it does not matter whether it died, was stopped or is slow.
 *
 * A stored put survives any end of a process. A power failure loses what the system had not yet written to
 * the disk (no fsync). For local disks only: a network file system may repeat a rename whose reply was lost.
 */
export const openFile: OpenStore = (url) => {
  const root = rootOf(url);
  const folders = new Map<string, KeyFolder>();

  function folderOf(key: string): KeyFolder {
    const path = join(root, toFileName(key));
    const folder = folders.get(path) ?? openFolder(path);
    folders.set(path, folder);
    return folder;
  }

  const store: Store = {
    async get(key) {
      return usable(async () => readState(join(root, toFileName(key))));
    },
    put: (key, value, seen, timeoutMs) => usable(() => put(key, value, seen, timeoutMs)),
    async close() {},
  };
  return store;

  async function put(key: string, value: Uint8Array, seen: string | undefined, timeoutMs: number) {
    const folder = folderOf(key);
    const deadline = monotonicMs() + timeoutMs;
    for (;;) {
      const result = await tryPut(folder, value, seen, deadline);
      if (result) {
        return result;
      }
      if (monotonicMs() >= deadline) {
        const why = `was not written in ${timeoutMs} ms: ${folder.lock.describe()}`;
        throw new NotCarriedOut(`${folder.path} ${why}`, `the file ${why}`);
      }
    }
  }
};

/**
 * Codes of node for a folder that cannot be used, whenever it is tried: a part of its path is a file, or
 * leads in a circle, or is too long, or may not be read or written.
 */
const UNUSABLE = [
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'EPERM',
  'EROFS',
  'EINVAL',
  'ENODEV',
  'ENXIO',
];

/** Runs `run`; an error that says that the folder cannot be used becomes one of the configuration. */
async function usable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // On Windows, a file that another process has open may not be replaced for a moment.
    const mayPass = process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES');
    if (code === undefined || !UNUSABLE.includes(code) || mayPass) {
      throw error;
    }
    const summary = `the folder cannot be used (${code})`;
    throw configurationError(new CallFailure(message, summary, error));
  }
}

/** The folder of a key, with its lock. */
interface KeyFolder {
  readonly path: string;
  readonly lock: FileLock;
}

function openFolder(path: string): KeyFolder {
  sweepNext(path);
  return { path, lock: fileLock(path, (id) => removeNext(path, id)) };
}

/** Undefined: not stored, because the lock was not free before `deadline`, or was taken over. */
async function tryPut(
  folder: KeyFolder,
  value: Uint8Array,
  seen: string | undefined,
  deadline: number,
): Promise<PutResult | undefined> {
  const { path, lock } = folder;
  if (readVersion(path) !== seen) {
    return refusal(path);
  }
  const id = crypto().randomUUID();
  try {
    prepare(path, id, value);
    for (let pauses = 0; !lock.take(id); pauses++) {
      if (monotonicMs() >= deadline) {
        return undefined;
      }
      await pause(pauses);
      // The last holder of the lock has probably stored: then there is nothing to wait for.
      if (readVersion(path) !== seen) {
        return refusal(path);
      }
    }
    return commit(folder, id, seen);
  } finally {
    removeNext(path, id);
  }
}

function prepare(path: string, id: string, value: Uint8Array): void {
  if (!writeNext(path, id, value)) {
    createLockedFolder(path);
    writeNext(path, id, value);
  }
}

function pause(pauses: number): Promise<unknown> {
  return pauses < TURNS ? nextTurn() : sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** (pauses - TURNS)));
}

/**
 * Stores the prepared write and releases the lock: synchronous, so that nothing else runs while it is held.
 */
function commit({ path, lock }: KeyFolder, id: string, seen: string | undefined): PutResult | undefined {
  try {
    if (readVersion(path) !== seen) {
      return refusal(path);
    }
    return commitNext(path, id) ? { isStored: true, version: id } : undefined;
  } finally {
    lock.release(id);
  }
}

function refusal(folder: string): PutResult {
  return { isStored: false, current: readState(folder) };
}

function rootOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const expected = 'expected file:///folder, with the whole path of the folder';
    throw configurationError(new CallFailure(`${url.href}: ${expected}`, expected, cause));
  }
}
