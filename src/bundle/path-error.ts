import { dirname } from 'node:path';
import { UserError } from './user-error.ts';

/** Errors of a path; others, such as a full disk, are those of the machine. */
const OF_PATH = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'];

/** The mistake that a file of this path cannot be read; any other error as it is. */
export function unreadable(path: string, error: unknown): unknown {
  return toMistake(error, (code, why) =>
    code === 'ENOENT' ? `${path}: there is no such file` : `${path} cannot be read: ${why}`,
  );
}

/** The mistake that a file of this path cannot be written; any other error as it is. */
export function unwritable(path: string, error: unknown): unknown {
  return toMistake(error, (code, why) =>
    code === 'ENOENT'
      ? `${path} cannot be written: there is no folder ${dirname(path)}`
      : `${path} cannot be written: ${why}`,
  );
}

function toMistake(error: unknown, say: (code: string, why: string) => string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return OF_PATH.includes(code) ? new UserError(say(code, withoutCall(message))) : error;
}

/** The words of the system, without its call and the path: `EISDIR: illegal operation on a directory`. */
export function withoutCall(message: string): string {
  return message.replace(/, \w+( '.*')?$/s, '');
}
