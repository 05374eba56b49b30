import { createHash, randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { S3Settings } from '../../clients/aws-settings.ts';
import type { Location } from '../../clients/s3/s3-client.ts';
import { ObjectChanged, openFiles, type S3Files } from '../../clients/s3/s3-files.ts';
import { monotonicMs } from '../../clock.ts';
import { SeldonError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { bytesOnDisk, download, isThere, type Target } from './download.ts';
import { badUri, listModel, type ModelObject, readUri } from './model-objects.ts';
import { openPool, runAll } from './pool.ts';

/**
 * The number of requests that run at a time, each for at most 4 MB; also the number of files, each of which
 * takes two file descriptors.
 */
const WIDTH = 6;

/** The number of attempts when objects change during a fetch. */
const TRIES = 3;

/**
 * Fetches the files of MODEL_URI, and returns their folder as an absolute path. `s3://bucket/prefix` means
 * all objects below the prefix, named without the prefix; or the one object with exactly this key.
 * `file:///folder` is the folder itself.
 *
 * The files are fetched into the temporary folder. Files that an earlier attempt or another process left
 * there are used again if their sizes and ETags are those of S3's listing.
 *
 *     seldon-model-<hash of uri>/
 *       objects/<hash of key, ETag and size>    a file; beside it <file>.<inode>.parts until it is complete
 *       <hash of the listing>/                  the folder: hard links by name, which appear all at once
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming MODEL_URI, or bucket and key, and the problem: not
 *   `s3:`, no objects, no permission, a key that is not a path, no room. Error for a problem that may pass;
 *   the next call continues where this one stopped.
 */
export async function fetchModelFiles(uri: string, settings: S3Settings, log: Log): Promise<string> {
  if (uri.startsWith('file:')) {
    return localFolder(uri);
  }
  const location = readUri(uri);
  const files = openFiles(settings);
  const base = join(tmpdir(), `seldon-model-${hash(uri, settings.s3Endpoint ?? '', settings.region ?? '')}`);
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await fetchOnce(uri, location, { files, base, log });
      } catch (error) {
        if (!(error instanceof ObjectChanged) || tries === TRIES) {
          throw error;
        }
      }
    }
  } finally {
    files.close();
  }
}

/**
 * Finds a folder that is here already, such as on a laptop or a shared disk. It is read where it is.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when there is none.
 */
export async function localFolder(uri: string): Promise<string> {
  try {
    const folder = fileURLToPath(uri);
    if ((await stat(folder)).isDirectory()) {
      return folder;
    }
  } catch {
    // A URL that can be no path of this machine names no folder, either.
  }
  throw badUri(uri, 'the folder does not exist');
}

/** One of the model's files. */
type ModelFile = ModelObject & Target;

/** The bucket to read, the folder to write, and the log. */
interface Fetching {
  readonly files: S3Files;
  readonly base: string;
  readonly log: Log;
}

async function fetchOnce(uri: string, location: Location, { files, base, log }: Fetching): Promise<string> {
  const startedAt = monotonicMs();
  const objects = join(base, 'objects');
  const wanted = (await listModel(uri, location, files)).map(({ name, object }) => {
    return { name, object, path: join(objects, hash(object.key, object.etag, String(object.size))) };
  });
  const version = hash(...wanted.flatMap(({ name, path }) => [name, path]));
  const folder = join(base, version);
  await mkdir(base, { recursive: true, mode: 0o700 });
  await checkOwner(base);
  if (await isComplete(folder, wanted)) {
    return folder;
  }

  await mkdir(objects, { recursive: true });
  await removeOld(base, version, wanted);
  const states = await Promise.all(wanted.map(isThere));
  const missing = wanted.filter((_, index) => !states[index]);
  await checkRoom(uri, base, missing);

  const { bucket } = location;
  const requests = openPool(WIDTH);
  const fetches = missing.map((file) => () => download({ bucket, ...file, files, requests }));
  const checked = await runAll(openPool(WIDTH), fetches);
  await linkAll(folder, wanted);
  const bytes = missing.reduce((sum, { object }) => sum + object.size, 0);
  const unchecked = missing.filter((_, index) => !checked[index]).map(({ name }) => name);
  const withoutChecksum = unchecked.length > 0 ? { withoutChecksum: unchecked.slice(0, 10) } : {};
  const duration = Math.round(monotonicMs() - startedAt);
  log.info('the files of MODEL_URI are ready', {
    files: missing.length,
    bytes,
    duration,
    ...withoutChecksum,
  });
  return folder;
}

/**
 * Whether all files are in the folder, by their sizes. That is enough: only checked files are linked into it.
 */
async function isComplete(folder: string, wanted: readonly ModelFile[]): Promise<boolean> {
  const found = await Promise.all(wanted.map(({ name }) => stat(join(folder, name)).catch(() => undefined)));
  return wanted.every(({ object }, index) => found[index]?.size === object.size);
}

/**
 * Checks who owns the folder: where all users share a temporary folder, another user may have taken the name.
 */
async function checkOwner(base: string): Promise<void> {
  const found = await lstat(base);
  if (found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid())) {
    return;
  }
  throw new SeldonError(
    'MICROSERVICE_BAD_PARAMETER',
    `${base} belongs to another user; expected a folder of this user`,
  );
}

/** Removes the files of older listings, because their room may be needed. */
async function removeOld(base: string, version: string, wanted: readonly ModelFile[]): Promise<void> {
  const current = new Set(wanted.map(({ path }) => basename(path)));
  const objects = join(base, 'objects');
  const versions = (await readdir(base)).filter((name) => name !== 'objects' && !name.startsWith(version));
  const contents = (await readdir(objects)).filter((name) => !current.has(name.split('.', 1)[0] as string));
  const paths = [...versions.map((name) => join(base, name)), ...contents.map((name) => join(objects, name))];
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}

async function checkRoom(uri: string, base: string, missing: readonly ModelFile[]): Promise<void> {
  const taken = await Promise.all(missing.map(bytesOnDisk));
  const needed = missing.reduce((sum, { object }, index) => sum + object.size - (taken[index] ?? 0), 0);
  const { bavail, bsize } = await statfs(base);
  if (needed <= bavail * bsize) {
    return;
  }
  throw badUri(
    uri,
    `the files need ${needed} bytes in ${tmpdir()}, which has room for ${bavail * bsize}; on Lambda, raise ephemeralStorageSize`,
  );
}

/**
 * Builds the folder under another name and renames it at the end, so that nobody sees an incomplete folder.
 */
async function linkAll(folder: string, wanted: readonly ModelFile[]): Promise<void> {
  const made = `${folder}.${randomUUID()}`;
  const folders = new Set(wanted.map(({ name }) => dirname(join(made, name))));
  for (const each of folders) {
    await mkdir(each, { recursive: true, mode: 0o700 });
  }
  for (const { name, path } of wanted) {
    await link(path, join(made, name));
  }
  try {
    await rename(made, folder);
  } catch (error) {
    // Another process was faster, or a program that cleans up here has left an incomplete folder.
    if (await isComplete(folder, wanted)) {
      return void (await rm(made, { recursive: true }));
    }
    await rm(folder, { recursive: true, force: true });
    await rename(made, folder).catch(() => {
      throw error;
    });
  }
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
