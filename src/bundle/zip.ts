import { type DeflateOptions, deflateSync, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';

// Lambda unpacks the zip as one user and runs the code as another: everybody must be able to read.
const READABLE = 0o100644 << 16;
const UNIX = 3;
/** From this size on, it matters how long a file takes to compress. */
const LARGE_BYTES = 2 ** 20;
const SAMPLES = 16;
const SAMPLE_BYTES = 2 ** 13;

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
    const bytes = typeof contents === 'string' ? strToU8(contents) : contents;
    entries[path] = [bytes, { level: levelOf(bytes) }];
  }
  // A zip has local time without its zone. A date made from local parts gives the same bytes everywhere.
  return zipSync(entries, { mtime: new Date(1980, 0, 1), attrs: READABLE, os: UNIX });
}

/**
 * How hard to try. A large file takes a quarter less time at 6, and becomes a thousandth larger. What does
 * not become smaller, because it is compressed already, goes into the zip as it is.
 */
function levelOf(bytes: Uint8Array): NonNullable<DeflateOptions['level']> {
  if (bytes.length < LARGE_BYTES) {
    return 9;
  }
  const step = Math.floor((bytes.length - SAMPLE_BYTES) / (SAMPLES - 1));
  const samples = Array.from({ length: SAMPLES }, (_, index) =>
    bytes.subarray(index * step, index * step + SAMPLE_BYTES),
  );
  const sample = Buffer.concat(samples);
  return deflateSync(sample, { level: 6 }).length >= 0.99 * sample.length ? 0 : 6;
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
