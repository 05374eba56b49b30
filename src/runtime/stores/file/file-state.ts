import { CallFailure } from '../../call-failure.ts';
import { SeldonError } from '../../errors.ts';
import type { Stored } from '../store.ts';
import { unlessMissing } from './unless-missing.ts';

const fs = process.getBuiltinModule('node:fs');
const { basename, join } = process.getBuiltinModule('node:path');

const VERSION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const VERSION_BYTES = 36;
const ABANDONED_MS = 60_000;

/**
 * The file `state` in a key's folder: the version, which is the id (a UUID) of the write that made it, and
 * the value.
 *
 * @throws SeldonError MICROSERVICE_BAD_STATE when it does not begin with a version.
 */
export function readState(folder: string): Stored | undefined {
  const bytes = unlessMissing(() => fs.readFileSync(join(folder, 'state')));
  return bytes && { version: versionIn(bytes, folder), value: bytes.subarray(VERSION_BYTES) };
}

/** The version alone, however large the value is. */
export function readVersion(folder: string): string | undefined {
  const file = unlessMissing(() => fs.openSync(join(folder, 'state'), 'r'));
  if (file === undefined) {
    return undefined;
  }
  try {
    const head = Buffer.alloc(VERSION_BYTES);
    fs.readSync(file, head);
    return versionIn(head, folder);
  } finally {
    fs.closeSync(file);
  }
}

function versionIn(bytes: Buffer, folder: string): string {
  const version = bytes.toString('latin1', 0, VERSION_BYTES);
  if (VERSION.test(version)) {
    return version;
  }
  const what = 'was not written by this store';
  const cause = new CallFailure(`${join(folder, 'state')} ${what}`, `${basename(folder)} ${what}`);
  throw new SeldonError('MICROSERVICE_BAD_STATE', cause.message, { cause });
}

/** Writes `next.<id>`, the next state; false: its folder does not exist yet. */
export function writeNext(folder: string, id: string, value: Uint8Array): boolean {
  const bytes = Buffer.concat([Buffer.from(id), value]);
  const written = unlessMissing(() => {
    fs.writeFileSync(join(folder, `next.${id}`), bytes);
    return true;
  });
  return written ?? false;
}

/** Replaces the state by `next.<id>`, atomically; false: `next.<id>` no longer exists. */
export function commitNext(folder: string, id: string): boolean {
  const committed = unlessMissing(() => {
    fs.renameSync(join(folder, `next.${id}`), join(folder, 'state'));
    return true;
  });
  return committed ?? false;
}

/** Removes `next.<id>`: from then on `commitNext` of this id gives false. */
export function removeNext(folder: string, id: string): void {
  unlessMissing(() => fs.unlinkSync(join(folder, `next.${id}`)));
}

/** Removes what dead processes left behind; a put that still waits with such a file starts again. */
export function sweepNext(folder: string): void {
  for (const name of unlessMissing(() => fs.readdirSync(folder)) ?? []) {
    if (!name.startsWith('next.')) {
      continue;
    }
    const stats = fs.statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > ABANDONED_MS) {
      removeNext(folder, name.slice('next.'.length));
    }
  }
}
