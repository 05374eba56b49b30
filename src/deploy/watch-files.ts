import { readdirSync, type Stats, type StatWatcher, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';

/** Watches files that are not sources: weights, tables, vocabularies. */
export interface FileWatcher {
  /** Watches these paths, too. A folder changes when a name in it comes or goes; a path need not exist. */
  add(paths: Iterable<string>): void;
  close(): void;
}

/** How often files are looked at, in milliseconds. Several changes within this time are one. */
const INTERVAL_MS = 200;

/**
 * Calls `changed` after a change of a file, when it has come, and when it has gone.
 *
 * It looks at the files again and again: notifications of the file system do not come from all disks, and
 * they are lost when a file is replaced by another one of its name.
 */
export function watchFiles(changed: () => void): FileWatcher {
  const watched = new Map<string, StatWatcher>();
  let pending: NodeJS.Timeout | undefined;
  const listener = (now: Stats, before: Stats) => {
    // Node reports a file that is not there as if it had gone.
    if (now.nlink === 0 && before.nlink === 0) {
      return;
    }
    clearTimeout(pending);
    pending = setTimeout(changed, INTERVAL_MS);
  };
  return {
    add(paths) {
      for (const path of paths) {
        if (!watched.has(path)) {
          watched.set(path, watchFile(path, { interval: INTERVAL_MS, persistent: false }, listener));
        }
      }
    },
    close() {
      clearTimeout(pending);
      for (const path of watched.keys()) {
        unwatchFile(path, listener);
      }
    },
  };
}

/** More than this is not a model's folder: it is not watched as a whole. */
const MAX_PATHS = 500;

/**
 * Lists a folder and all folders below it, without packages and hidden ones; with `files`, their files, too.
 * Empty when the folder does not exist.
 */
export function pathsBelow(folder: string, { files = false } = {}): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    found.push(path);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
      if (found.length >= MAX_PATHS || isHidden) {
        continue;
      }
      if (entry.isDirectory()) {
        visit(join(path, entry.name));
      } else if (files) {
        found.push(join(path, entry.name));
      }
    }
  };
  try {
    visit(folder);
  } catch {
    // A folder that cannot be read, or has gone meanwhile.
  }
  return found;
}
