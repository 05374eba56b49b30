import { UserError } from '../../bundle/user-error.ts';
import type { S3Settings } from '../../runtime/clients/aws-settings.ts';
import type { Location } from '../../runtime/clients/s3/s3-client.ts';
import { openFiles, type S3Files } from '../../runtime/clients/s3/s3-files.ts';
import type { ListedObject } from '../../runtime/clients/s3/s3-listing.ts';
import { toText } from '../../runtime/clients/s3/s3-objects.ts';
import type { Sink } from '../output.ts';
import { PART_BYTES } from '../s3-input.ts';

/** Parts that are on their way while one is written. */
const AHEAD = 8;
const MAX_PARTS = 10_000_000;
const LF = 0x0a;

/**
 * Whether a folder has parts of a run.
 *
 * @param folder - its key has no slash at its end.
 */
export async function hasParts(folder: Location, settings: S3Settings): Promise<boolean> {
  const files = openFiles(settings);
  try {
    return (await files.first(partsOf(folder))) !== undefined;
  } finally {
    files.close();
  }
}

/**
 * Writes the answers of a run one after the other: its parts, in the order of the items.
 *
 * @returns the number of lines.
 * @throws UserError when two parts have the same items, as those of two runs would.
 */
export async function mergeParts(folder: Location, settings: S3Settings, sink: Sink): Promise<number> {
  const files = openFiles(settings);
  let [lines, next] = [0, 0];
  try {
    const parts = await files.list(partsOf(folder), MAX_PARTS);
    const reading: Promise<Buffer>[] = [];
    for (const [at, part] of parts.entries()) {
      while (reading.length < Math.min(parts.length, at + AHEAD)) {
        reading.push(started(readPart(files, folder.bucket, parts[reading.length] as ListedObject)));
      }
      const first = placeOf(part.key);
      if (first < next) {
        const name = toText({ ...folder, key: part.key });
        throw new UserError(
          `${name} has items that the part before it has, too: are there parts of two runs?`,
        );
      }
      const bytes = await (reading[at] as Promise<Buffer>);
      delete reading[at];
      const count = linesIn(bytes);
      await sink.append(bytes);
      next = first + count;
      lines += count;
    }
    return lines;
  } finally {
    files.close();
  }
}

function partsOf({ bucket, key }: Location): Location {
  return { bucket, key: `${key}/part-` };
}

/** The place of the first item of a part: `out/part-000000000500.jsonl` -> 500. */
function placeOf(key: string): number {
  const place = /part-(\d+)\.jsonl$/.exec(key)?.[1];
  if (place === undefined) {
    throw new UserError(`${key}: expected the name of a part, as part-000000000500.jsonl`);
  }
  return Number(place);
}

async function readPart(files: S3Files, bucket: string, object: ListedObject): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < object.size; start += PART_BYTES) {
    const end = Math.min(object.size, start + PART_BYTES);
    pieces.push((await files.read(bucket, object, { start, end })).body);
  }
  return Buffer.concat(pieces);
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    count++;
  }
  return count;
}

/** It is awaited later, and may have failed before that. */
function started<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
