import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { AWS_CREDENTIALS, AWS_SETTINGS } from './aws-settings.ts';

/** A request as the server sees it. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Decoded; empty where the bucket itself is asked. */
  readonly key: string;
  /** Decoded. */
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A failure: the connection ends before or after the request is carried out, or in the middle of the
 * answer's body; or the answer never comes, or another one: a refusal, or any body.
 */
export type S3Trouble =
  | 'lost request'
  | 'lost reply'
  | 'half a reply'
  | 'no reply'
  | { status: number; code: string }
  | { status: number; body: string; headers?: Readonly<Record<string, string>> };

/** An S3 in this process. */
export interface S3Server {
  readonly url: string;
  /** The objects, by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /**
   * Headers that an object has beside or instead of the usual ones, by `bucket/key`: a checksum, an ETag of
   * an upload in parts.
   */
  readonly headers: Map<string, Readonly<Record<string, string>>>;
  /**
   * `METHOD bucket/key`, with the range after it, and for a listing `LIST bucket/prefix`; in order of
   * arrival.
   */
  readonly requests: string[];
  /** Uploads in parts that are neither completed nor aborted: the parts that have come, by number. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** Objects in a page of a listing, as long as `max-keys` is not less; default: 1000, as on S3. */
  pageSize: number;
  /** Asked for each request; default: nothing goes wrong. */
  trouble: (request: S3Request) => S3Trouble | undefined | Promise<S3Trouble | undefined>;
  close(): Promise<void>;
}

/** Contents and settings of the server. */
export interface S3Options {
  /** Default: `states`. */
  readonly buckets?: readonly string[];
  /** To speak TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

interface Received extends S3Request {
  /** As it was sent. */
  readonly path: string;
  readonly body: Buffer;
}

/**
 * The part of S3 that a store, a model's files and a batch need, for real: GET and HEAD with If-Match and
 * Range, DELETE, listings in pages, uploads in parts, and PUT whose If-Match and If-None-Match are judged in
 * the same step as the write. Path style, signature version 4 for AWS_SETTINGS, on a free port of 127.0.0.1.
 *
 * As on S3 an ETag is the MD5 of the content: an object that goes from A to B and back looks as if it never
 * changed.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html,
 *   https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export async function openS3Server({ buckets = ['states'], tls }: S3Options = {}): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const headers: S3Server['headers'] = new Map();
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A request whose client is gone needs no answer.
    serve(request, response).catch(() => request.socket.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = read(request, await buffer(request));
    requests.push(toLine(received));
    const trouble = await opened.trouble(received);
    if (trouble === 'lost request') {
      return void request.socket.destroy();
    }
    const reply =
      typeof trouble !== 'object'
        ? answer(received)
        : 'code' in trouble
          ? refuse(trouble.status, trouble.code)
          : trouble;
    if (trouble === 'no reply') {
      return;
    }
    if (trouble === 'lost reply') {
      return void request.socket.destroy();
    }
    response.writeHead(reply.status, {
      'content-length': Buffer.byteLength(reply.body ?? ''),
      ...reply.headers,
    });
    if (received.method === 'HEAD') {
      return void response.end();
    }
    if (trouble !== 'half a reply') {
      return void response.end(reply.body);
    }
    const body = Buffer.from(reply.body ?? '');
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
  }

  function answer(request: Received): Reply {
    const refusal = checkSignature(request);
    if (refusal) {
      return refusal;
    }
    if (!buckets.includes(request.bucket)) {
      return refuse(404, 'NoSuchBucket');
    }
    if (request.key !== '') {
      return apply(opened, request);
    }
    const isListing = request.method === 'GET' && request.query.get('list-type') === '2';
    return isListing ? list(opened, request) : refuse(405, 'MethodNotAllowed');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: S3Server = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    headers,
    requests,
    uploads: new Map(),
    pageSize: 1000,
    trouble: () => undefined,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return opened;
}

function read({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Received {
  const [path = '', query = ''] = url.split('?');
  const [, bucket = '', ...pieces] = path.split('/');
  const key = decodeURIComponent(pieces.join('/'));
  return { method, path, bucket, key, query: new URLSearchParams(query), headers, body };
}

function toLine({ method, bucket, key, query, headers }: Received): string {
  if (key === '') {
    return `LIST ${bucket}/${query.get('prefix') ?? ''}`;
  }
  return [`${method} ${bucket}/${key}`, ...(headers.range ? [headers.range] : [])].join(' ');
}

/** Not async: nothing can come between judging the condition and writing. */
function apply(server: S3Server, { method, bucket, key, query, headers, body }: Received): Reply {
  const { objects } = server;
  const name = `${bucket}/${key}`;
  if (query.has('uploads') || query.has('uploadId')) {
    return upload(server, name, { method, query, body });
  }
  const there = objects.get(name);
  if (method === 'GET' || method === 'HEAD') {
    return there ? readObject(there, headers, attributesOf(server, name)) : refuse(404, 'NoSuchKey');
  }
  if (method === 'DELETE') {
    objects.delete(name);
    return { status: 204 };
  }
  if (method !== 'PUT') {
    return refuse(405, 'MethodNotAllowed');
  }
  if (headers['if-none-match'] === '*' && there) {
    return refuse(412, 'PreconditionFailed');
  }
  if (headers['if-match'] !== undefined) {
    if (!there) {
      return refuse(404, 'NoSuchKey');
    }
    if (headers['if-match'] !== toEtag(there)) {
      return refuse(412, 'PreconditionFailed');
    }
  }
  objects.set(name, body);
  return { status: 200, headers: { etag: toEtag(body) } };
}

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Begins, fills, completes or aborts an upload in parts. As on S3, the parts but the last one have 5 MiB. */
function upload(
  { objects, uploads }: S3Server,
  name: string,
  { method, query, body }: Pick<Received, 'method' | 'query' | 'body'>,
): Reply {
  if (method === 'POST' && query.has('uploads')) {
    const id = `${name} ${uploads.size}`;
    uploads.set(id, new Map());
    return { status: 200, body: `<R><UploadId>${toXml(id)}</UploadId></R>` };
  }
  const id = query.get('uploadId') ?? '';
  const parts = uploads.get(id);
  if (parts === undefined) {
    return refuse(404, 'NoSuchUpload');
  }
  if (method === 'PUT') {
    parts.set(Number(query.get('partNumber')), body);
    return { status: 200, headers: { etag: toEtag(body) } };
  }
  uploads.delete(id);
  if (method === 'DELETE') {
    return { status: 204 };
  }
  const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)</g)];
  const contents = named.map(([, number]) => parts.get(Number(number)) ?? Buffer.of());
  if (named.some(([, , etag], index) => etag !== toEtag(contents[index] as Buffer))) {
    return refuse(400, 'InvalidPart');
  }
  if (contents.slice(0, -1).some(({ length }) => length < MIN_PART_BYTES)) {
    return refuse(400, 'EntityTooSmall');
  }
  objects.set(name, Buffer.concat(contents));
  return { status: 200, body: '<CompleteMultipartUploadResult/>' };
}

/** With its checksums if asked for them, and for all of it. */
function readObject(
  content: Buffer,
  headers: IncomingHttpHeaders,
  attributes: Readonly<Record<string, string>>,
): Reply {
  if (headers['if-match'] !== undefined && headers['if-match'] !== attributes.etag) {
    return refuse(412, 'PreconditionFailed');
  }
  const wantsChecksum = headers['x-amz-checksum-mode'] === 'ENABLED' && headers.range === undefined;
  const shown = Object.entries(attributes).filter(
    ([header]) => wantsChecksum || !header.startsWith('x-amz-checksum-'),
  );
  const common = { 'accept-ranges': 'bytes', ...Object.fromEntries(shown) };
  if (headers.range === undefined) {
    return { status: 200, headers: common, body: content };
  }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range) ?? [];
  const start = Number(from);
  const end = Math.min(to === '' ? Number.POSITIVE_INFINITY : Number(to) + 1, content.length);
  if (from === '' || start >= end) {
    return refuse(416, 'InvalidRange');
  }
  const range = { 'content-range': `bytes ${start}-${end - 1}/${content.length}` };
  return { status: 206, headers: { ...common, ...range }, body: content.subarray(start, end) };
}

function attributesOf({ objects, headers }: S3Server, name: string): Readonly<Record<string, string>> {
  return { etag: toEtag(objects.get(name) ?? Buffer.of()), ...headers.get(name) };
}

/** In the order of the keys' bytes; the token is where to go on, and nobody else's business. */
function list(server: S3Server, { bucket, query }: Received): Reply {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? undefined : Buffer.from(token, 'base64').toString();
  const isEncoded = query.get('encoding-type') === 'url';
  const keys = [...server.objects.keys()]
    .filter((name) => name.startsWith(`${bucket}/${prefix}`))
    .map((name) => name.slice(bucket.length + 1))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const rest = after === undefined ? keys : keys.slice(keys.indexOf(after) + 1);
  const page = rest.slice(0, Math.min(Number(query.get('max-keys') ?? 1000), server.pageSize));
  const isTruncated = page.length < rest.length;
  const show = (key: string) =>
    isEncoded ? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/') : toXml(key);
  const contents = page.map((key) => {
    const name = `${bucket}/${key}`;
    const size = server.objects.get(name)?.length;
    const etag = toXml(attributesOf(server, name).etag ?? '');
    return `<Contents><Key>${show(key)}</Key><LastModified>2026-11-25T00:00:00.000Z</LastModified><ETag>${etag}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const last = page.at(-1);
  const next =
    isTruncated && last !== undefined
      ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>`
      : '';
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${show(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>1000</MaxKeys>${isEncoded ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function toXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function toEtag(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function refuse(status: number, code: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The test server says ${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function checkSignature({ method, path, query, headers, body }: Received): Reply | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, id, date, region, names = '', signature] = pattern.exec(headers.authorization ?? '') ?? [];
  const signed = names.split(';');
  const mustBeSigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (!id || !date || mustBeSigned.some((name) => !signed.includes(name))) {
    return refuse(403, 'AccessDenied');
  }
  if (region !== AWS_SETTINGS.region) {
    const { status, headers: own, body: text } = refuse(400, 'AuthorizationHeaderMalformed');
    const named = `<Region>${AWS_SETTINGS.region}</Region></Error>`;
    return { status, ...(own && { headers: own }), body: `${text}`.replace('</Error>', named) };
  }
  if (id !== AWS_CREDENTIALS.accessKeyId) {
    return refuse(403, 'InvalidAccessKeyId');
  }
  if (headers['x-amz-content-sha256'] !== sha256(body)) {
    return refuse(400, 'XAmzContentSHA256Mismatch');
  }

  const lines = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const request = [method, canonical(path), canonicalQuery(query), lines, names, sha256(body)].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
  const steps = [date, region, 's3', 'aws4_request', text];
  const expected = steps.reduce<string | Buffer>(
    (key, step) => hmac(key, step),
    `AWS4${AWS_CREDENTIALS.secretAccessKey}`,
  );
  return (expected as Buffer).toString('hex') === signature
    ? undefined
    : refuse(403, 'SignatureDoesNotMatch');
}

function canonicalQuery(query: URLSearchParams): string {
  const encode = (text: string) => canonical(encodeURIComponent(text)).replaceAll('/', '%2F');
  const pairs = Array.from(query, ([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join('&');
}

/** Decoded and encoded anew, so that a client that encodes in its own way is found out. */
function canonical(path: string): string {
  const plain = /[A-Za-z0-9\-._~/]/;
  const characters = Array.from(Buffer.from(decodeURIComponent(path)), (byte) => {
    const character = String.fromCharCode(byte);
    return plain.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return characters.join('');
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
