import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeldonError } from '../../errors.ts';
import { type AwsClient, badParameter } from '../aws-client.ts';
import type { S3Settings } from '../aws-settings.ts';
import type { HttpAnswer } from '../connections.ts';
import { type Location, openS3Client, readError } from './s3-client.ts';
import { type ListedObject, type Page, readPage } from './s3-listing.ts';
import { toText } from './s3-objects.ts';

/** Milliseconds without another piece of an answer, after which it counts as lost. */
const IDLE_MS = 5_000;

const TRIES = 4;
const FIRST_PAUSE_MS = 100;

/** Thrown when the object that was listed has been replaced or deleted since. */
export class ObjectChanged extends Error {
  override readonly name = 'ObjectChanged';
}

/**
 * The objects of S3, to be read in parts. A failure that may pass is tried {@link TRIES} times, then thrown
 * as an Error.
 */
export interface S3Files {
  /**
   * The objects whose keys begin with the location's key, in the order of the keys.
   *
   * @throws SeldonError MICROSERVICE_BAD_PARAMETER when there are more than `atMost`.
   */
  list(location: Location, atMost: number): Promise<ListedObject[]>;
  /** The first of these objects; undefined when there is none. */
  first(location: Location): Promise<ListedObject | undefined>;
  /**
   * Reads an object, or a range of its bytes, and checks the number of bytes.
   *
   * @throws ObjectChanged when the ETag is not the one listed.
   */
  read(bucket: string, object: ListedObject, range?: ByteRange): Promise<HttpAnswer>;
  /** The headers of a whole object. @throws ObjectChanged when the ETag is not the one listed. */
  describe(bucket: string, object: ListedObject): Promise<IncomingHttpHeaders>;
  close(): void;
}

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface Request {
  readonly what: string;
  readonly method: 'GET' | 'HEAD';
  readonly location: Location;
  readonly query?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** The status that is expected. */
  readonly status: number;
  /** The permission that the call needs, for the error. */
  readonly permission: string;
}

/**
 * S3, called by GET and HEAD. It needs s3:ListBucket and s3:GetObject.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the region or the credentials are missing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function openFiles(settings: S3Settings): S3Files {
  const client = openS3Client(settings);
  const call: Call = async (request) => {
    const { what, method, location, query = '', headers = {} } = request;
    const sent = { what, method, headers, isRepeatable: true, timeoutMs: IDLE_MS, isUntilIdle: true };
    const answer = await client.send(location, sent, query);
    if (answer.status === request.status) {
      return answer;
    }
    throw toError(client, request, answer);
  };
  return {
    list: (location, atMost) => list(call, location, atMost),
    async first(location) {
      return (await listPage(call, location, { 'max-keys': '1' })).objects[0];
    },
    read: (bucket, object, range) => read(call, { bucket, key: object.key }, object, range),
    describe: (bucket, object) => describe(call, { bucket, key: object.key }, object),
    close: () => client.close(),
  };
}

type Call = (request: Request) => Promise<HttpAnswer>;

/** The error for a status that was not expected. */
function toError(client: Pick<AwsClient, 'toError'>, request: Request, { status, body }: HttpAnswer): Error {
  const { what, location, permission } = request;
  const { code, message } = readError(body);
  if (status === 412 || (status === 404 && code !== 'NoSuchBucket' && location.key !== '')) {
    return new ObjectChanged(`${toText(location)} was replaced or deleted while it was fetched`);
  }
  if (status < 300) {
    return badParameter(`${what}: HTTP ${status}, expected ${request.status}: is that S3?`);
  }
  const hint = status === 403 ? ` (it takes ${permission})` : '';
  return client.toError(what, status, code || 'refused', `${message}${hint}`);
}

async function list(call: Call, location: Location, atMost: number): Promise<ListedObject[]> {
  const all: ListedObject[] = [];
  for (let token: string | undefined, isMore = true; isMore; isMore = token !== undefined) {
    const { objects, next } = await listPage(
      call,
      location,
      token === undefined ? {} : { 'continuation-token': token },
    );
    all.push(...objects);
    token = next;
    if (all.length > atMost) {
      throw badParameter(`${toText(location)} has more than ${atMost} objects: expected those of one model`);
    }
  }
  return all;
}

async function listPage(call: Call, location: Location, parameters: Record<string, string>): Promise<Page> {
  const what = `S3 listing of ${toText(location)}`;
  const query = toQuery({ 'list-type': '2', 'encoding-type': 'url', prefix: location.key, ...parameters });
  const bucket = { bucket: location.bucket, key: '' };
  const permission = `s3:ListBucket on the bucket ${location.bucket}`;
  const request = { what, method: 'GET', location: bucket, query, status: 200, permission } as const;
  const { body } = await retried(() => call(request));
  return readPage(body.toString(), what);
}

async function read(
  call: Call,
  location: Location,
  { etag, size }: ListedObject,
  range: ByteRange | undefined,
): Promise<HttpAnswer> {
  const bytes = range && `bytes=${range.start}-${range.end - 1}`;
  const what = `S3 GET of ${toText(location)}${bytes ? ` ${bytes}` : ''}`;
  const rest = bytes ? { range: bytes } : { 'x-amz-checksum-mode': 'ENABLED' };
  const headers = { 'if-match': etag, ...rest };
  const permission = `s3:GetObject on ${toText(location)}`;
  const status = bytes ? 206 : 200;
  const request = { what, method: 'GET', location, headers, status, permission } as const;
  const expected = range ? range.end - range.start : size;
  return retried(async () => {
    const answer = await call(request);
    const { length } = answer.body;
    if (length === expected) {
      return answer;
    }
    throw new Error(`${what}: ${length} bytes were answered, expected ${expected}`);
  });
}

async function describe(
  call: Call,
  location: Location,
  { etag, size }: ListedObject,
): Promise<IncomingHttpHeaders> {
  const what = `S3 HEAD of ${toText(location)}`;
  const headers = { 'if-match': etag, 'x-amz-checksum-mode': 'ENABLED' };
  const permission = `s3:GetObject on ${toText(location)}`;
  const request = { what, method: 'HEAD', location, headers, status: 200, permission } as const;
  const answer = await retried(() => call(request));
  const length = Number(answer.headers['content-length']);
  if (length === size) {
    return answer.headers;
  }
  throw new Error(`${what}: ${length} bytes, but the listing says ${size}`);
}

/** Calls again after a failure that may pass, with growing pauses. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof SeldonError || error instanceof ObjectChanged || tries === TRIES) {
        throw error;
      }
      // Half of it is random, so that calls which failed together do not return together.
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
    }
  }
}

function toQuery(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${pairs.join('&')}`;
}
