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
  /** Decoded. */
  readonly key: string;
}

/** What goes wrong: the connection ends before or after the request is carried out, or the answer never comes, or another one. */
export type S3Trouble = 'lost request' | 'lost reply' | 'no reply' | { status: number; code: string };

/** An S3 in this process. */
export interface S3Server {
  readonly url: string;
  /** What is stored, by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** `METHOD bucket/key`, in order of arrival. */
  readonly requests: string[];
  /** Asked for each request; default: nothing goes wrong. */
  trouble: (request: S3Request) => S3Trouble | undefined | Promise<S3Trouble | undefined>;
  close(): Promise<void>;
}

/** What there is. */
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
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The part of S3 that a store needs, for real: GET, DELETE, and PUT whose If-Match and If-None-Match are judged in the
 * same step as the write. Path style, signature version 4 for AWS_SETTINGS, on a free port of 127.0.0.1.
 *
 * As on S3 an ETag is the MD5 of the content: an object that goes from A to B and back looks as if it never changed.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function openS3Server({ buckets = ['states'], tls }: S3Options = {}): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A request whose client is gone needs no answer.
    serve(request, response).catch(() => request.socket.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = read(request, await buffer(request));
    requests.push(`${received.method} ${received.bucket}/${received.key}`);
    const trouble = await opened.trouble(received);
    if (trouble === 'lost request') return void request.socket.destroy();
    const reply = typeof trouble === 'object' ? refuse(trouble.status, trouble.code) : answer(received);
    if (trouble === 'no reply') return;
    if (trouble === 'lost reply') return void request.socket.destroy();
    response.writeHead(reply.status, {
      'content-length': Buffer.byteLength(reply.body ?? ''),
      ...reply.headers,
    });
    response.end(reply.body);
  }

  function answer(request: Received): Reply {
    const refusal = checkSignature(request);
    if (refusal) return refusal;
    if (!buckets.includes(request.bucket)) return refuse(404, 'NoSuchBucket');
    return apply(objects, request);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: S3Server = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
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
  const [path = ''] = url.split('?');
  const [, bucket = '', ...pieces] = path.split('/');
  const key = decodeURIComponent(pieces.join('/'));
  return { method, path, bucket, key, headers, body };
}

/** Not async: nothing can come between judging the condition and writing. */
function apply(objects: Map<string, Buffer>, { method, bucket, key, headers, body }: Received): Reply {
  const name = `${bucket}/${key}`;
  const there = objects.get(name);
  if (method === 'GET') {
    return there ? { status: 200, headers: { etag: toEtag(there) }, body: there } : refuse(404, 'NoSuchKey');
  }
  if (method === 'DELETE') {
    objects.delete(name);
    return { status: 204 };
  }
  if (method !== 'PUT') return refuse(405, 'MethodNotAllowed');
  if (headers['if-none-match'] === '*' && there) return refuse(412, 'PreconditionFailed');
  if (headers['if-match'] !== undefined) {
    if (!there) return refuse(404, 'NoSuchKey');
    if (headers['if-match'] !== toEtag(there)) return refuse(412, 'PreconditionFailed');
  }
  objects.set(name, body);
  return { status: 200, headers: { etag: toEtag(body) } };
}

function toEtag(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function refuse(status: number, code: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The test server says ${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function checkSignature({ method, path, headers, body }: Received): Reply | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, id, date, region, names = '', signature] = pattern.exec(headers.authorization ?? '') ?? [];
  const signed = names.split(';');
  const mustBeSigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (!id || !date || mustBeSigned.some((name) => !signed.includes(name))) return refuse(403, 'AccessDenied');
  if (region !== AWS_SETTINGS.region) return refuse(400, 'AuthorizationHeaderMalformed');
  if (id !== AWS_CREDENTIALS.accessKeyId) return refuse(403, 'InvalidAccessKeyId');
  if (headers['x-amz-content-sha256'] !== sha256(body)) return refuse(400, 'XAmzContentSHA256Mismatch');

  const lines = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const request = [method, canonical(path), '', lines, names, sha256(body)].join('\n');
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
