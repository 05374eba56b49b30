import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { watchBundle } from '../bundle/bundle.ts';
import type { BundleOptions } from '../bundle/options.ts';
import type { Bundle } from '../bundle/result.ts';
import { UserError } from '../bundle/user-error.ts';
import { pathsBelow, watchFiles } from './watch-files.ts';
import { writeBundle } from './write-bundle.ts';

/** A bundle that is kept up to date. */
export interface KeptBundle {
  /** Bundles again, though no source has changed. */
  rebuild(): Promise<void>;
  stop(): Promise<void>;
}

/** What is done around a bundle. */
export interface KeepHooks {
  /** Called when another bundle has been written, not for the first. */
  readonly changed: () => void;
  /** Looks at a bundle before it is written, and may complete it; throws UserError for one that is bad. */
  readonly complete?: (bundle: Bundle) => Promise<Bundle>;
}

/**
 * Bundles now, and again after each change of a source or of a file that the models name in `modelFile()`. A
 * change that does not compile, or that cannot be written, is reported, and the last good bundle stays.
 *
 * @throws UserError when the first bundle does not compile or cannot be written.
 */
export async function keepBundled(
  options: BundleOptions,
  { changed, complete = async (bundle) => bundle }: KeepHooks,
): Promise<KeptBundle> {
  let last: Snapshot | undefined;
  let isFirst = true;
  let settle: (error?: unknown) => void = () => {};
  const first = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  const files = watchFiles(() => void watching.rebuild().catch(report));
  const watching = await watchBundle(options, async (result, ms) => {
    const wasFirst = isFirst;
    isFirst = false;
    try {
      const completed = result instanceof Error ? result : await complete(result);
      const next = write(options, completed, last);
      if (next !== last) {
        last = next;
        if (!wasFirst) {
          changed();
          console.log(`rebuilt in ${Math.round(ms)} ms`);
        }
      }
      files.add(watchedFiles(options, next.bundle));
      settle();
    } catch (error) {
      if (wasFirst) {
        settle(error);
      } else {
        // The same code is good again when the file that was missing is back.
        last = undefined;
        report(error);
      }
    }
  });
  try {
    await first;
  } catch (error) {
    files.close();
    await watching.stop();
    throw error;
  }
  return {
    rebuild: () => watching.rebuild(),
    async stop() {
      files.close();
      await watching.stop();
    },
  };
}

/** Tells why a change has no effect. */
export function report(error: unknown): void {
  const text = error instanceof UserError ? error.message : `${(error as Error).stack}`;
  console.error(`${text}\n(the last version that compiled is still served)`);
}

/** A bundle as it was written, with what its model files were then. */
interface Snapshot {
  readonly bundle: Bundle;
  readonly stamps: Readonly<Record<string, string>>;
}

/** Writes a bundle if it differs from the last one; gives the one that is there now. */
function write(options: BundleOptions, result: Bundle | Error, last: Snapshot | undefined): Snapshot {
  if (result instanceof Error) {
    throw result;
  }
  const folder = join(options.root, options.outdir);
  try {
    const next = { bundle: result, stamps: stampsOf(result) };
    if (
      last &&
      isDeepStrictEqual(last.bundle.files, result.files) &&
      isDeepStrictEqual(last.stamps, next.stamps)
    ) {
      return last;
    }
    writeBundle(folder, result);
    return next;
  } catch (error) {
    throw new UserError(`the bundle cannot be written to ${folder}: ${(error as Error).message}`);
  }
}

/** The size, the time and the place of each model file. */
function stampsOf({ assets }: Bundle): Record<string, string> {
  return Object.fromEntries(
    assets.map(([path, file]) => {
      const { ino, size, mtimeMs } = statSync(file);
      return [path, `${ino} ${size} ${mtimeMs}`];
    }),
  );
}

/** The model files, and the folders in which one may appear that is missing now. */
function watchedFiles({ root, models }: BundleOptions, { assets }: Bundle): string[] {
  const folders = Object.values(models).map((model) => dirname(resolve(root, model)));
  return [...assets.map(([, file]) => file), ...folders.flatMap((folder) => pathsBelow(folder))];
}
