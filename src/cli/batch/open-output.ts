import { existsSync } from 'node:fs';
import { openFileSink, openStreamSink } from '../../batch/file-sink.ts';
import { gzipped } from '../../batch/gzip-sink.ts';
import { collectLines, type Output, type Sink } from '../../batch/output.ts';
import { hasS3Object, readS3Uri } from '../../batch/s3-input.ts';
import { openS3Sink } from '../../batch/s3-sink.ts';
import { UserError } from '../../bundle/user-error.ts';
import { s3Settings } from './s3-settings.ts';

/**
 * Opens an output: a file, standard output, or an object of S3. What is called `.gz` is compressed.
 *
 * @param path - `-` for standard output. @param start - in bytes: what is behind it in a file is cut off.
 */
export async function openOutput(path: string, start: number): Promise<Output> {
  return collectLines(await openSinkFor(path, start));
}

/** As {@link openOutput}, for bytes. */
export async function openSinkFor(path: string, start = 0): Promise<Sink> {
  const sink = await openSink(path, start);
  return path.endsWith('.gz') ? gzipped(sink) : sink;
}

async function openSink(path: string, start: number): Promise<Sink> {
  if (path === '-') {
    return openStreamSink(process.stdout);
  }
  return path.startsWith('s3://') ? openS3Sink(readS3Uri(path), s3Settings()) : openFileSink(path, start);
}

/**
 * Refuses a file, or an object of S3, that is there already.
 *
 * @throws UserError naming it.
 */
export async function refuseThere(path: string, overwrite: boolean): Promise<void> {
  if (!path.startsWith('s3://') && !overwrite && existsSync(path)) {
    throw new UserError(`${path} is there already: --overwrite replaces it`);
  }
  await refuseObject(path, overwrite);
}

/**
 * Refuses an object of S3 that is there already.
 *
 * @throws UserError naming it.
 */
export async function refuseObject(path: string, overwrite: boolean): Promise<void> {
  if (path.startsWith('s3://') && !overwrite && (await hasS3Object(path, s3Settings()))) {
    throw new UserError(`${path} is there already: --overwrite replaces it`);
  }
}
