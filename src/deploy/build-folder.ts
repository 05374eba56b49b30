import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../bundle/user-error.ts';

/**
 * Makes a folder in `.build` for the bundle of this process alone, so that several can be served from one
 * clone. It is removed when the process ends; those of processes that were killed are removed here.
 *
 * @returns its path, relative to `root`.
 * @throws UserError when it cannot be written.
 */
export function makeBuildFolder(root: string): string {
  const all = join(root, '.build');
  const prefix = `${hostname()}-`;
  const own = join('.build', `${prefix}${process.pid}`);
  const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(all, { recursive: true });
    for (const name of readdirSync(all)) {
      const isOwnHost = name.startsWith(prefix);
      // An earlier version had one bundle for all, directly in .build.
      const isOld = ['chunks', 'handlers', 'models'].includes(name);
      if (isOld || (isOwnHost && !isRunning(Number(name.slice(prefix.length))))) {
        remove(join(all, name));
      }
    }
    remove(join(root, own));
    mkdirSync(join(root, own));
  } catch (error) {
    throw new UserError(`the folder ${all} cannot be written: ${(error as Error).message}`);
  }
  process.once('exit', () => {
    try {
      remove(join(root, own));
    } catch {
      // The next start removes it.
    }
  });
  return own;
}

/** Makes an empty folder for a bundle that is only looked at; it goes with the build folder that it is in. */
export function makeCheckFolder(buildFolder: string): string {
  const folder = join(buildFolder, 'check');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function isRunning(pid: number): boolean {
  if (pid === process.pid || !Number.isInteger(pid)) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
