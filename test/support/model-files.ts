import { createHash, getRandomValues } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { type Deployment, deploy } from './functions.ts';
import { captureLog, type LogLine } from './log-lines.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from './stores/aws-settings.ts';
import { openS3Server, type S3Request, type S3Server, type S3Trouble } from './stores/s3-server.ts';

/** The folder with the models that ask for their files. */
export const MODEL_DIR = fileURLToPath(new URL('../models/uri', import.meta.url));
export const MB = 1024 * 1024;

/** The server of MODEL_URI. */
export let server: S3Server;
/** The temporary folder of all instances of a test. */
export let folder: string;
/** The log. */
export let lines: () => LogLine[];

/** Gives each test of the file an empty S3, an empty temporary folder and a log of its own. */
export function openModelFiles(): void {
  beforeEach(async () => {
    server = await openS3Server({ buckets: ['models'] });
    folder = mkdtempSync(join(tmpdir(), 'fetch-'));
    lines = captureLog();
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
}

/** Starts an instance with the model Files. */
export function start(more: Readonly<Record<string, string>> = {}): Deployment {
  return deploy({ MODEL_DIR, MODEL_NAME: 'Files', ...environment(more) });
}

/** The environment of an instance that fetches its files. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    MODEL_URI: 's3://models/mine',
    AWS_REGION: AWS_SETTINGS.region as string,
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: server.url,
    TMPDIR: folder,
    ...more,
  };
}

/** Puts an object into the bucket of the models. */
export function put(key: string, content: Buffer | string, headers?: Record<string, string>): Buffer {
  const bytes = Buffer.from(content);
  server.objects.set(`models/${key}`, bytes);
  if (headers) {
    server.headers.set(`models/${key}`, headers);
  }
  return bytes;
}

/** Bytes that differ at every offset, and that no compression makes shorter. */
export function random(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 65_536) {
    getRandomValues(bytes.subarray(at, Math.min(at + 65_536, size)));
  }
  return bytes;
}

/** Sends a message to the model. */
export async function predict(functions: Deployment, message: object, path = '/predict') {
  const { status, body } = await functions.send({ method: 'POST', path, body: JSON.stringify(message) });
  return { status, body: JSON.parse(body as string) };
}

/** Asks the model for the content of a file. */
export function ask(functions: Deployment, name: string) {
  return predict(functions, { strData: name });
}

/** The answer to {@link ask} when the file has this content. */
export function found(name: string, content: Buffer) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { status: 200, body: { jsonData: { name, sha256 }, meta: {} } };
}

/** The text of the error that the model's start fails with. */
export async function infoOf(functions: Deployment, name = 'a.bin'): Promise<string> {
  const { status, body } = await ask(functions, name);
  expect(status).toBe(500);
  return body.status.info;
}

/** The files of the model on the disk, without what is beside them. */
export function objectsOnDisk(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/objects\/\w+$/.test(path))
    .map((path) => join(folder, path));
}

/** The requests to the server since the last call, in alphabetical order. */
export function requests(): string[] {
  return server.requests.splice(0).sort();
}

/** Has the server fail at the requests that match. */
export function meetTrouble(trouble: S3Trouble, isMet: (request: S3Request) => boolean): void {
  server.trouble = (request) => (isMet(request) ? trouble : undefined);
}

/** Whether a request lists the bucket. */
export const isList = ({ key }: S3Request) => key === '';
/** Makes a function that tells the request for the part of a file that begins at `start`. */
export const isPart = (start: number) => (request: S3Request) =>
  request.headers.range?.startsWith(`bytes=${start}-`) === true;
