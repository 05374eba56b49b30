import type { Location } from '../../clients/s3/s3-client.ts';
import type { S3Files } from '../../clients/s3/s3-files.ts';
import type { ListedObject } from '../../clients/s3/s3-listing.ts';
import { readLocation } from '../../clients/s3/s3-objects.ts';
import { SeldonError, toSeldonError } from '../../errors.ts';
import { withoutCredentials } from '../../redact.ts';

/**
 * The largest number of files that a model may have. A prefix with more is probably somebody's whole bucket.
 */
const MAX_FILES = 10_000;

/**
 * Reads a MODEL_URI.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it does not name a bucket.
 */
export function readUri(uri: string): Location {
  try {
    return readLocation(uri);
  } catch (error) {
    const { reason, message } = toSeldonError(error);
    throw new SeldonError(reason, `MODEL_URI ${message}`);
  }
}

/** One of the model's objects. */
export interface ModelObject {
  /** Relative to the model's folder, with slashes. */
  readonly name: string;
  readonly object: ListedObject;
}

/**
 * Lists the objects that the URI means: those of a folder or, if there are none, the one with this key.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when there are none, too many, or one cannot be a file.
 */
export async function listModel(uri: string, location: Location, files: S3Files): Promise<ModelObject[]> {
  const prefix = location.key === '' ? '' : `${location.key}/`;
  const listed = await files.list({ ...location, key: prefix }, MAX_FILES);
  // A key that ends in a slash is a folder that consoles show, not a file.
  const below = listed.filter(({ key }) => !key.endsWith('/'));
  const found = below.map((object) => ({ name: object.key.slice(prefix.length), object }));
  if (found.length === 0 && prefix !== '' && !uri.endsWith('/')) {
    // Of all keys that begin with the key, the key itself comes first.
    const first = await files.first(location);
    if (first?.key === location.key) {
      found.push({ name: first.key.slice(first.key.lastIndexOf('/') + 1), object: first });
    }
  }
  if (found.length === 0) {
    throw badUri(uri, 'there are no objects with this prefix');
  }
  checkNames(uri, found);
  return found;
}

/** Checks the names: they become paths below a folder and must not lead out of it. */
function checkNames(uri: string, files: readonly ModelObject[]): void {
  const names = new Set(files.map(({ name }) => name));
  for (const { name, object } of files) {
    const parts = name.split('/');
    const isPath = parts.every(
      (part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part),
    );
    if (!isPath) {
      const expected = 'expected a relative path without empty parts, ".", "..", backslashes or NUL';
      throw badUri(uri, `the key ${JSON.stringify(object.key)} cannot be the name of a file: ${expected}`);
    }
    const folder = parts
      .map((_, index) => parts.slice(0, index).join('/'))
      .find((parent) => names.has(parent));
    if (folder !== undefined) {
      throw badUri(uri, `${JSON.stringify(folder)} is both a file and the folder of ${JSON.stringify(name)}`);
    }
  }
}

/** A MODEL_URI that cannot be used. */
export function badUri(uri: string, problem: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_PARAMETER', `MODEL_URI ${withoutCredentials(uri)}: ${problem}`);
}
