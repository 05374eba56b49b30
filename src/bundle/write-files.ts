import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { withoutCall } from './path-error.ts';
import { UserError } from './user-error.ts';

/** Files to write, by their paths in a folder. */
export interface Changes {
  /** Files that must not be there yet. */
  readonly created?: Readonly<Record<string, string>>;
  /** Files that are there, and are replaced as a whole. */
  readonly changed?: Readonly<Record<string, string>>;
}

/**
 * Writes all files, or none: what was written before a failure is taken back, and a signal ends the process
 * afterwards.
 *
 * @throws UserError when one cannot be written, or is there already.
 */
export function writeFiles(folder: string, { created = {}, changed = {} }: Changes): void {
  endBetweenSteps();
  const undo: (() => void)[] = [];
  try {
    for (const [path, text] of Object.entries(created)) {
      const file = join(folder, path);
      writing(file, () => create(file, text, undo));
    }
    const drafts = Object.entries(changed).map(([path, text]) => {
      const file = join(folder, path);
      return writing(file, () => draft(file, text, undo));
    });
    for (const [from, to] of drafts) {
      const before = readFileSync(to);
      writing(to, () => renameSync(from, to));
      undo.push(() => writeFileSync(to, before));
    }
  } catch (error) {
    takeBack(undo);
    throw error;
  }
}

/**
 * Replaces a file as a whole, so that it is never there in part.
 *
 * @throws UserError when it cannot be written.
 */
export function replaceFile(file: string, contents: string | Uint8Array): void {
  const undo: (() => void)[] = [];
  writing(file, () => {
    try {
      mkdirSync(dirname(file), { recursive: true });
      const [from, to] = draft(file, contents, undo);
      renameSync(from, to);
    } catch (error) {
      takeBack(undo);
      throw error;
    }
  });
}

/** The last step first. */
function takeBack(undo: readonly (() => void)[]): void {
  for (const step of [...undo].reverse()) {
    step();
  }
}

/** From now on, a signal that would kill the process at once ends it when no code is running. */
function endBetweenSteps(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (process.listenerCount(signal) === 0) {
      process.on(signal, () => process.exit(128 + constants.signals[signal]));
    }
  }
}

function create(file: string, text: string, undo: (() => void)[]): void {
  makeFolder(dirname(file), undo);
  writeFileSync(file, text, { flag: 'wx' });
  undo.push(() => rmSync(file));
}

/** One level after the other, so that only what was made is removed. */
function makeFolder(folder: string, undo: (() => void)[]): void {
  if (existsSync(folder)) {
    return;
  }
  makeFolder(dirname(folder), undo);
  mkdirSync(folder);
  undo.push(() => rmdirSync(folder));
}

/** Writes the new contents beside a file, which may be a link; returns both paths. */
function draft(file: string, contents: string | Uint8Array, undo: (() => void)[]): [string, string] {
  const target = existsSync(file) ? realpathSync(file) : file;
  const from = `${target}.${process.pid}.tmp`;
  undo.push(() => rmSync(from, { force: true }));
  writeFileSync(from, contents);
  if (existsSync(target)) {
    chmodSync(from, statSync(target).mode);
  }
  return [from, target];
}

/**
 * Runs a step that writes a file or a folder.
 *
 * @throws UserError that names it, when it cannot be written.
 */
export function writing<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) {
      throw error;
    }
    const why = code === 'EEXIST' ? 'something of this name is there already' : withoutCall(message);
    const below = relative(process.cwd(), path);
    throw new UserError(`${below.startsWith('..') ? path : below} cannot be written: ${why}`);
  }
}
