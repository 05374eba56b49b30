import { BUCKET_NAME } from '../../bucket-name.ts';
import { CallFailure, configurationError } from '../../call-failure.ts';
import { withoutCredentials } from '../../redact.ts';
import type { S3Settings } from '../aws-settings.ts';
import type { HttpCall } from '../connections.ts';
import { encodeKey, type Location, openS3Client, readError } from './s3-client.ts';

const OCTETS = { 'content-type': 'application/octet-stream' };

const HIDDEN = ' (or there is none, and s3:ListBucket is not allowed)';

/** An object's bytes. */
interface S3Object {
  readonly value: Uint8Array;
  /** Its ETag. */
  readonly version: string;
}

/**
 * The outcome of a conditional write: stored, with the new ETag, or refused because another write came first.
 */
type Replaced = { readonly isStored: true; readonly version: string } | { readonly isStored: false };

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly etag: string | undefined;
  /** S3's error code; empty when there is none. */
  readonly code: string;
  readonly toError: () => Error;
}

/** The objects of S3, in any bucket. */
interface S3Objects {
  /** Reads an object; undefined when it does not exist. Strongly consistent, as S3 is. */
  get(location: Location, timeoutMs: number, onSent?: () => void): Promise<S3Object | undefined>;
  /** Writes if the ETag is still `seen`; with `seen` undefined, if the object does not exist yet. */
  replace(
    location: Location,
    value: Uint8Array,
    seen: string | undefined,
    timeoutMs: number,
  ): Promise<Replaced>;
  /** Writes an object under a name that is used only once. */
  create(location: Location, value: Uint8Array, timeoutMs: number): Promise<void>;
  /** Deletes the object; not an error when it does not exist. */
  delete(location: Location, timeoutMs: number): Promise<void>;
  close(): void;
}

/**
 * S3, called by GET, PUT and DELETE.
 *
 * It needs s3:GetObject, s3:PutObject, for `delete` s3:DeleteObject, and s3:ListBucket: without the last, S3
 * answers 403 instead of 404 for an object that does not exist.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the region or the credentials are missing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function openObjects(settings: S3Settings): S3Objects {
  const client = openS3Client(settings);

  async function call(
    location: Location,
    rest: Pick<HttpCall, 'method' | 'timeoutMs' | 'isRepeatable' | 'body' | 'headers' | 'onSent'>,
  ): Promise<Answer> {
    const what = `S3 ${rest.method} of ${toText(location)}`;
    const { status, headers, body } = await client.send(location, { what, ...rest });
    const { code, message } = status < 300 ? { code: '', message: '' } : readError(body);
    const hint = code === 'AccessDenied' && rest.method === 'GET' ? HIDDEN : '';
    const toError = () => client.toError(what, status, code, message + hint);
    return { status, body, code, etag: headers.etag, toError };
  }

  return {
    async get(location, timeoutMs, onSent) {
      const answer = await call(location, { method: 'GET', timeoutMs, isRepeatable: true, onSent });
      if (answer.status === 200) {
        return { value: answer.body, version: answer.etag || noEtag(location, configurationError) };
      }
      if (answer.code === 'NoSuchKey') {
        return undefined;
      }
      throw answer.toError();
    },
    async replace(location, value, seen, timeoutMs) {
      const condition = seen === undefined ? { 'if-none-match': '*' } : { 'if-match': seen };
      const headers = { ...OCTETS, ...condition };
      const put = { method: 'PUT', body: value, headers, timeoutMs, isRepeatable: false } as const;
      const answer = await call(location, put);
      if (answer.status === 200) {
        // It may be stored: the next read tells.
        return { isStored: true, version: answer.etag || noEtag(location) };
      }
      // 409: another conditional write of this key is under way. NoSuchKey: the object to be replaced is
      // gone.
      if ([409, 412].includes(answer.status) || answer.code === 'NoSuchKey') {
        return { isStored: false };
      }
      throw answer.toError();
    },
    async create(location, value, timeoutMs) {
      const put = { method: 'PUT', body: value, headers: OCTETS, timeoutMs, isRepeatable: true } as const;
      const answer = await call(location, put);
      if (answer.status !== 200) {
        throw answer.toError();
      }
    },
    async delete(location, timeoutMs) {
      const answer = await call(location, { method: 'DELETE', timeoutMs, isRepeatable: true });
      if (answer.status !== 204) {
        throw answer.toError();
      }
    },
    close: () => client.close(),
  };
}

/**
 * Reads `s3://bucket/prefix`; the key has no slashes around it.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when it names no bucket.
 */
export function readLocation(text: string): Location {
  const { protocol, hostname, pathname } = URL.canParse(text) ? new URL(text) : new URL('none:');
  if (protocol !== 's3:' || !BUCKET_NAME.test(hostname)) {
    const expected = 'expected s3://bucket/prefix';
    throw configurationError(new CallFailure(`${withoutCredentials(text)}: ${expected}`, expected));
  }
  return { bucket: hostname, key: decode(pathname.replace(/^\/+|(?<!\/)\/+$/g, '')) };
}

/** The URL of a location, which `readLocation` reads. */
export function toText({ bucket, key }: Location): string {
  return `s3://${bucket}/${encodeKey(key)}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    const expected = 'expected percent-encoded UTF-8';
    throw configurationError(new CallFailure(`${path}: ${expected}`, expected));
  }
}

/** Without an ETag, an object cannot be replaced conditionally. */
function noEtag(location: Location, toError: (failure: CallFailure) => Error = (failure) => failure): never {
  const summary = 'an object was answered without an ETag: is that S3?';
  throw toError(new CallFailure(`${toText(location)}: ${summary}`, summary));
}
