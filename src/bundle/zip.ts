import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate';

// Lambda unpacks the zip as one user and runs the code as another: everybody must be able to read.
const READABLE = 0o100644 << 16;
const UNIX = 3;

/** One file of a zip, in bytes. */
export interface ZipEntry {
  readonly path: string;
  readonly size: number;
  readonly zippedSize: number;
}

/** Zips files. The same files give the same bytes in any order, at any time, in any time zone and folder. */
export function zip(files: ReadonlyMap<string, Uint8Array | string>): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort()) {
    const contents = files.get(path) ?? '';
    entries[path] = typeof contents === 'string' ? strToU8(contents) : contents;
  }
  // A zip has local time without its zone. A date made from local parts gives the same bytes everywhere.
  return zipSync(entries, { level: 9, mtime: new Date(1980, 0, 1), attrs: READABLE, os: UNIX });
}

/** The files in a zip, in its order. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const entries: ZipEntry[] = [];
  unzipSync(bytes, {
    filter({ name, originalSize, size }) {
      entries.push({ path: name, size: originalSize, zippedSize: size });
      return false;
    },
  });
  return entries;
}
