import { UserError } from '../bundle/user-error.ts';
import type { S3Settings } from '../runtime/clients/aws-settings.ts';
import type { Location } from '../runtime/clients/s3/s3-client.ts';
import { openFiles, type S3Files } from '../runtime/clients/s3/s3-files.ts';
import type { ListedObject } from '../runtime/clients/s3/s3-listing.ts';

/** An object of S3, to be read in parts. */
export interface S3Object {
  readonly size: number;
  /** Bytes from `start` to before `end`. Rejects when the object has been replaced meanwhile. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): void;
}

/** Bytes of a part: a request for each costs little beside them. */
export const PART_BYTES = 8_000_000;
/** Texts are made of smaller pieces, which V8 makes faster. */
const PIECE_BYTES = 64 * 1024;

/**
 * Opens an object of S3. All of its parts are of the same version of it.
 *
 * @param uri - `s3://bucket/key`. @throws UserError when there is no such object, or it may not be read.
 */
export async function openS3Object(uri: string, settings: S3Settings): Promise<S3Object> {
  const { bucket, key } = readS3Uri(uri);
  const files = await told(uri, async () => openFiles(settings));
  const object = await told(uri, () => find(files, bucket, key));
  if (object === undefined) {
    throw new UserError(`${uri}: there is no such object`);
  }
  return {
    size: object.size,
    read: async (start, end) =>
      end > start
        ? (await told(uri, () => files.read(bucket, object, { start, end }))).body
        : Buffer.alloc(0),
    close: () => files.close(),
  };
}

/**
 * Reads `s3://bucket/key`; the key is as it is, and not percent-encoded.
 *
 * @throws UserError for anything else.
 */
export function readS3Uri(uri: string): Location {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (key === '') {
    throw new UserError(`${uri}: expected s3://bucket/key`);
  }
  return { bucket, key };
}

/**
 * Whether there is an object of this name.
 *
 * @throws UserError when it may not be known.
 */
export async function hasS3Object(uri: string, settings: S3Settings): Promise<boolean> {
  const { bucket, key } = readS3Uri(uri);
  const files = await told(uri, async () => openFiles(settings));
  try {
    return (await told(uri, () => find(files, bucket, key))) !== undefined;
  } finally {
    files.close();
  }
}

/** The object of this key; others may begin with it. */
async function find(files: S3Files, bucket: string, key: string): Promise<ListedObject | undefined> {
  const first = await files.first({ bucket, key });
  return first?.key === key ? first : undefined;
}

/** Makes a failure a UserError: the settings, or the object, are for the user to mend. */
async function told<T>(uri: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new UserError(`${uri}: ${(error as Error).message}`);
  }
}

/** The bytes of an object, in pieces; the next part is on its way while one is used. */
export async function* piecesOf({ size, read }: S3Object): AsyncGenerator<Uint8Array> {
  const part = (start: number) => {
    const reading = read(start, Math.min(size, start + PART_BYTES));
    // It is awaited later, and may have failed before that.
    reading.catch(() => {});
    return reading;
  };
  let next = part(0);
  for (let start = 0; start < size; start += PART_BYTES) {
    const bytes = await next;
    next = part(Math.min(size, start + PART_BYTES));
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      yield bytes.subarray(at, at + PIECE_BYTES);
    }
  }
}
