import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../bundle/user-error.ts';
import type { S3Settings } from '../runtime/clients/aws-settings.ts';
import type { HttpAnswer, HttpCall } from '../runtime/clients/connections.ts';
import { type Location, openS3Client, readError } from '../runtime/clients/s3/s3-client.ts';
import { toText } from '../runtime/clients/s3/s3-objects.ts';
import { SeldonError } from '../runtime/errors.ts';
import type { Sink } from './output.ts';

/** Bytes of a part. S3 takes 5 MB or more, but of the last one. */
const PART_BYTES = 8_000_000;
/** After so many parts they become larger: an object has 10,000 at most. With these, it can have 440 GB. */
const PARTS_OF_A_SIZE = 1000;
const TIMEOUT_MS = 120_000;
const TRIES = 5;
const FIRST_PAUSE_MS = 200;
const TYPE = { 'content-type': 'application/octet-stream' };

/** A part that S3 has. */
interface Part {
  readonly number: number;
  readonly etag: string;
}

/**
 * An object of S3, written in parts: one is sent while the next one is filled. It is there as a whole, once
 * it is closed, or not at all.
 *
 * @throws UserError when S3 refuses it, or cannot be reached after five tries.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export function openS3Sink(location: Location, settings: S3Settings): Sink {
  const call = openCalls(location, settings);
  const parts: Part[] = [];
  let part = Buffer.allocUnsafeSlow(PART_BYTES);
  let filled = 0;
  let uploadId: string | undefined;
  let sending: Promise<void> = Promise.resolve();

  async function send(bytes: Uint8Array): Promise<void> {
    uploadId ??= await call.begin();
    const number = parts.length + 1;
    parts.push({ number, etag: await call.put(uploadId, number, bytes) });
  }

  /** Sends the part that is full, when the one before it has arrived. */
  async function sendFull(): Promise<void> {
    await sending;
    const full = part.subarray(0, filled);
    sending = send(full);
    // It is awaited later, and may have failed before that.
    sending.catch(() => {});
    part = Buffer.allocUnsafeSlow(PART_BYTES * (1 + Math.floor(parts.length / PARTS_OF_A_SIZE)));
    filled = 0;
  }

  return {
    async append(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const copied = bytes.copy(part, filled, at);
        at += copied;
        filled += copied;
        if (filled === part.length) {
          await sendFull();
        }
      }
    },
    async close() {
      await sending;
      const rest = part.subarray(0, filled);
      if (uploadId === undefined) {
        await call.putWhole(rest);
      } else {
        if (filled > 0) {
          await send(rest);
        }
        await call.complete(uploadId, parts);
      }
      call.close();
    },
    async abandon() {
      await sending.catch(() => {});
      if (uploadId !== undefined) {
        await call.abort(uploadId).catch(() => {});
      }
      call.close();
    },
  };
}

function openCalls(location: Location, settings: S3Settings) {
  const client = openClient(settings);
  const name = toText(location);

  async function send(
    what: string,
    rest: Pick<HttpCall, 'method' | 'headers' | 'body'>,
    query?: string,
  ): Promise<HttpAnswer> {
    for (let tries = 1; ; tries++) {
      try {
        const sent = { ...rest, what: `S3 ${what} of ${name}`, timeoutMs: TIMEOUT_MS, isRepeatable: true };
        const answer = await client.send(location, sent, query);
        const { code, message } = readError(answer.body);
        // The answer to the completion may be an error, though its status is 200.
        if (answer.status < 300 && code === '') {
          return answer;
        }
        throw client.toError(sent.what, answer.status < 300 ? 500 : answer.status, code, message);
      } catch (error) {
        // A mistake in the settings stays one.
        if (tries >= TRIES || error instanceof SeldonError) {
          throw new UserError((error as Error).message);
        }
        await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
      }
    }
  }

  return {
    async begin(): Promise<string> {
      const { body } = await send('upload', { method: 'POST', headers: TYPE }, '?uploads=');
      const [, id] = /<UploadId>([^<]+)<\/UploadId>/.exec(body.toString()) ?? [];
      if (id === undefined) {
        throw new UserError(`${name}: the answer to the upload has no UploadId: is that S3?`);
      }
      return id;
    },
    async put(id: string, number: number, body: Uint8Array): Promise<string> {
      const query = `?partNumber=${number}&uploadId=${encodeURIComponent(id)}`;
      const { headers } = await send(`part ${number}`, { method: 'PUT', body }, query);
      return headers.etag ?? '';
    },
    async complete(id: string, parts: readonly Part[]): Promise<void> {
      const rows = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`;
      await send('completion', { method: 'POST', body }, `?uploadId=${encodeURIComponent(id)}`);
    },
    async abort(id: string): Promise<void> {
      await send('abort', { method: 'DELETE' }, `?uploadId=${encodeURIComponent(id)}`);
    },
    async putWhole(body: Uint8Array): Promise<void> {
      await send('PUT', { method: 'PUT', headers: TYPE, body });
    },
    close: () => client.close(),
  };
}

function openClient(settings: S3Settings) {
  try {
    return openS3Client(settings);
  } catch (error) {
    throw error instanceof SeldonError ? new UserError(error.message) : error;
  }
}
