import { readFileSync } from 'node:fs';
import { withoutCall } from './path-error.ts';
import { UserError } from './user-error.ts';

/**
 * A file of the project as text; undefined when it is not there.
 *
 * @throws UserError when it cannot be read, such as a folder of its name.
 */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new UserError(`${file} cannot be read: ${withoutCall(message)}`);
  }
}
