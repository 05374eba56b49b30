import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of a folder and of the folders in it, sorted; a file is its own only one.
 *
 * @returns their paths from `path`, with `/` (empty for a file), and their paths on this machine.
 */
export function filesIn(path: string, above: readonly string[] = []): (readonly [string, string])[] {
  const real = realpathSync(path);
  const stats = statSync(real);
  if (stats.isFile()) {
    return [['', path]];
  }
  // A link to a folder above would have no end. A socket or a device is not a file.
  if (!stats.isDirectory() || above.includes(real)) {
    return [];
  }
  return readdirSync(path)
    .sort()
    .flatMap((name) =>
      filesIn(join(path, name), [...above, real]).map(
        ([below, file]) => [below === '' ? name : `${name}/${below}`, file] as const,
      ),
    );
}
