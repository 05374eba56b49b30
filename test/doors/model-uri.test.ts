import { createHash, getRandomValues } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { type Fleet, packageTask, type Task } from '../support/state-processes.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../support/stores/aws-settings.ts';
import { openS3Server, type S3Request, type S3Server, type S3Trouble } from '../support/stores/s3-server.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/uri', import.meta.url));
const MB = 1024 * 1024;

let server: S3Server;
let folder: string;
let lines: () => Record<string, unknown>[];

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

/** A fresh instance; all of one test have the same temporary folder. */
function start(more: Readonly<Record<string, string>> = {}): Deployment {
  return deploy({ MODEL_DIR, MODEL_NAME: 'Files', ...environment(more) });
}

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
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

function put(key: string, content: Buffer | string, headers?: Record<string, string>): Buffer {
  const bytes = Buffer.from(content);
  server.objects.set(`models/${key}`, bytes);
  if (headers) {
    server.headers.set(`models/${key}`, headers);
  }
  return bytes;
}

/** What no compression and no other offset would give. */
function random(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 65_536) {
    getRandomValues(bytes.subarray(at, Math.min(at + 65_536, size)));
  }
  return bytes;
}

async function predict(functions: Deployment, message: object, path = '/predict') {
  const { status, body } = await functions.send({ method: 'POST', path, body: JSON.stringify(message) });
  return { status, body: JSON.parse(body as string) };
}

/** The content that the model finds under a name. */
function ask(functions: Deployment, name: string) {
  return predict(functions, { strData: name });
}

function found(name: string, content: Buffer) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { status: 200, body: { jsonData: { name, sha256 }, meta: {} } };
}

async function infoOf(functions: Deployment, name = 'a.bin'): Promise<string> {
  const { status, body } = await ask(functions, name);
  expect(status).toBe(500);
  return body.status.info;
}

/** The files of the model, without what is beside them. */
function objectsOnDisk(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/objects\/\w+$/.test(path))
    .map((path) => join(folder, path));
}

/** What was asked since the last time; listings last. */
function requests(): string[] {
  return server.requests.splice(0).sort();
}

function meetTrouble(trouble: S3Trouble, isMet: (request: S3Request) => boolean): void {
  server.trouble = (request) => (isMet(request) ? trouble : undefined);
}

const isList = ({ key }: S3Request) => key === '';
const isPart = (start: number) => (request: S3Request) =>
  request.headers.range?.startsWith(`bytes=${start}-`) === true;

describe('the files of MODEL_URI', () => {
  test('are fetched before the class is made, once for all calls and functions of an instance', async () => {
    put('mine/weights.json', '[1,10,100]');
    const functions = start({ MODEL_NAME: 'Weights' });
    const message = { data: { ndarray: [1, 2, 3] } };
    const answers = await Promise.all([
      predict(functions, message),
      predict(functions, message),
      predict(functions, message, '/api/v1.0/predictions'),
      predict(functions, message, '/transform-input'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[0].body.data.ndarray).toEqual([321]);
    await predict(functions, message);
    expect(requests()).toEqual(['GET models/mine/weights.json', 'LIST models/mine/']);
  });

  test('that are on the disk are not fetched again by the next instance, which only looks whether they are the same', async () => {
    const content = put('mine/a.bin', random(9 * MB));
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
    requests();
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
    expect(requests()).toEqual(['LIST models/mine/']);
  });

  test('are fetched again when somebody has changed them on the disk, or in the bucket; only these', async () => {
    const a = put('mine/a.bin', random(9 * MB));
    put('mine/b.bin', 'first');
    await ask(start(), 'a.bin');
    requests();
    const b = put('mine/b.bin', 'second');
    expect(await ask(start(), 'b.bin')).toEqual(found('b.bin', b));
    expect(requests()).toEqual(['GET models/mine/b.bin', 'LIST models/mine/']);
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', a));

    for (const path of objectsOnDisk()) {
      truncateSync(path, 1);
    }
    requests();
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', a));
    expect(requests()).toContain('GET models/mine/b.bin');
  });

  test('may lie in folders, have any name, and be empty; what ends in a slash is no file', async () => {
    const names = ['deep/er/a b+c&<ü>%41.bin', "it's (1).txt", '.hidden', 'empty'];
    for (const name of names) {
      put(`mine/${name}`, name === 'empty' ? '' : name);
    }
    for (const marker of ['mine/', 'mine/deep/']) {
      put(marker, '');
    }
    put('mine2/other', 'not mine');
    const functions = start();
    for (const name of names) {
      expect(await ask(functions, name)).toEqual(found(name, Buffer.from(name === 'empty' ? '' : name)));
    }
    expect(objectsOnDisk()).toHaveLength(names.length);
  });

  test('are found on every page of the listing', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `part ${index}`);
    for (const name of names) {
      put(`mine/${name}`, name);
    }
    server.pageSize = 5;
    const functions = start();
    for (const name of names) {
      expect(await ask(functions, name)).toEqual(found(name, Buffer.from(name)));
    }
    expect(requests().filter((line) => line.startsWith('LIST'))).toHaveLength(5);
  });

  test('are more than a listing of S3 holds', async () => {
    for (let index = 0; index < 1001; index++) {
      put(`mine/${index}`, String(index));
    }
    const functions = start();
    expect(await ask(functions, '1000')).toEqual(found('1000', Buffer.from('1000')));
    expect(await ask(functions, '999')).toEqual(found('999', Buffer.from('999')));
  });

  test.each([
    ['one object', 's3://models/deep/model.bin', 'model.bin', 'deep/model.bin'],
    ['a folder, with a slash', 's3://models/deep/', 'model.bin', 'deep/model.bin'],
    ['a whole bucket', 's3://models', 'deep/model.bin', 'deep/model.bin'],
    ['an encoded key', 's3://models/a%20b', 'c', 'a b/c'],
  ])('may be %s', async (_, MODEL_URI, name, key) => {
    put('deep/model.bin.old', 'not this');
    const content = put(key, 'this');
    expect(await ask(start({ MODEL_URI }), name)).toEqual(found(name, content));
  });
});

describe('a large file', () => {
  test('comes in parts, each once, even if the connection is lost in the middle of one', async () => {
    const content = put('mine/a.bin', random(9 * MB));
    let lost = 0;
    meetTrouble('half a reply', (request) => isPart(4 * MB)(request) && lost++ === 0);
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
    expect(requests()).toEqual([
      'GET models/mine/a.bin bytes=0-4194303',
      'GET models/mine/a.bin bytes=4194304-8388607',
      'GET models/mine/a.bin bytes=4194304-8388607',
      'GET models/mine/a.bin bytes=8388608-9437183',
      'HEAD models/mine/a.bin',
      'LIST models/mine/',
    ]);
  });

  test.each(['half a reply', 'lost request', { status: 503, code: 'SlowDown' }] as const)(
    'that did not come to its end (%o) is gone on with by the next call, and by the next instance',
    async (trouble) => {
      const content = put('mine/a.bin', random(17 * MB));
      const small = put('mine/b.bin', 'small');
      meetTrouble(trouble, (request) => isPart(4 * MB)(request) || isPart(16 * MB)(request));
      const functions = start();
      expect(await infoOf(functions)).toMatch(
        /^S3 GET of s3:\/\/models\/mine\/a.bin bytes=(4194304-8388607|16777216-17825791)/,
      );
      requests();
      meetTrouble(trouble, isPart(16 * MB));
      await infoOf(functions);
      const second = new Set(requests());
      expect(second).toContain('GET models/mine/a.bin bytes=4194304-8388607');
      expect(second).not.toContain('GET models/mine/a.bin bytes=0-4194303');
      expect(second).not.toContain('GET models/mine/a.bin bytes=8388608-12582911');
      server.trouble = () => undefined;
      const next = start();
      expect(await ask(next, 'a.bin')).toEqual(found('a.bin', content));
      expect(requests().filter((line) => line.includes('a.bin'))).toEqual([
        'GET models/mine/a.bin bytes=16777216-17825791',
        'HEAD models/mine/a.bin',
      ]);
      expect(await ask(next, 'b.bin')).toEqual(found('b.bin', small));
    },
  );

  test('that was damaged on the disk is not taken for whole when mending it fails', async () => {
    const content = put('mine/a.bin', random(9 * MB));
    await ask(start(), 'a.bin');
    for (const path of objectsOnDisk()) {
      truncateSync(path, 1);
    }
    meetTrouble({ status: 403, code: 'AccessDenied' }, isPart(0));
    await infoOf(start());
    server.trouble = () => undefined;
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
  });

  test('that is replaced while it comes begins anew: nothing of the old one is in it', async () => {
    put('mine/a.bin', random(13 * MB));
    const other = random(13 * MB);
    let isReplaced = false;
    server.trouble = (request) => {
      if (isPart(8 * MB)(request) && !isReplaced) {
        isReplaced = true;
        put('mine/a.bin', other);
      }
      return undefined;
    };
    const functions = start();
    expect(await ask(functions, 'a.bin')).toEqual(found('a.bin', other));
    expect(objectsOnDisk()).toHaveLength(1);
  });

  test('that is replaced again and again is an error, which the next call need not meet', async () => {
    let version = 0;
    put('mine/a.bin', random(9 * MB));
    server.trouble = (request) => {
      if (isPart(0)(request)) {
        put('mine/a.bin', Buffer.alloc(9 * MB, version++));
      }
      return undefined;
    };
    const functions = start();
    expect(await infoOf(functions)).toBe(
      's3://models/mine/a.bin was replaced or deleted while it was fetched',
    );
    expect(version).toBe(3);
    server.trouble = () => undefined;
    expect(await ask(functions, 'a.bin')).toEqual(found('a.bin', Buffer.alloc(9 * MB, version - 1)));
  });

  test('that is deleted while it comes is missed', async () => {
    put('mine/a.bin', random(9 * MB));
    server.trouble = (request) => {
      if (isPart(0)(request)) {
        server.objects.clear();
      }
      return undefined;
    };
    expect(await infoOf(start())).toBe('MODEL_URI s3://models/mine: there are no objects with this prefix');
  });
});

describe('a checksum', () => {
  const digits = Buffer.from('123456789');
  const big = random(4 * MB + 3);

  /** Byte by byte, as the definition has it. */
  function crc(content: Buffer, polynomial: bigint, width: number): string {
    const table = Array.from({ length: 256 }, (_, byte) => {
      let value = BigInt(byte);
      for (let bit = 0; bit < 8; bit++) {
        value = (value >> 1n) ^ (value & 1n ? polynomial : 0n);
      }
      return value;
    });
    const ones = (1n << BigInt(width)) - 1n;
    let value = ones;
    for (const byte of content) {
      value = (value >> 8n) ^ (table[Number(value & 255n) ^ byte] as bigint);
    }
    return Buffer.from((value ^ ones).toString(16).padStart(width / 4, '0'), 'hex').toString('base64');
  }

  const kinds: [string, (content: Buffer) => string][] = [
    [
      'crc32',
      (content) => Buffer.from(crc32(content).toString(16).padStart(8, '0'), 'hex').toString('base64'),
    ],
    ['crc32c', (content) => crc(content, 0x82f63b78n, 32)],
    ['crc64nvme', (content) => crc(content, 0x9a6c9329ac4bc9b5n, 64)],
    ['sha1', (content) => createHash('sha1').update(content).digest('base64')],
    ['sha256', (content) => createHash('sha256').update(content).digest('base64')],
  ];
  const plain = { etag: '"of an upload in parts-2"', 'x-amz-checksum-type': 'FULL_OBJECT' };

  test('of the test is the one of the catalogue', () => {
    expect(kinds.slice(0, 3).map(([, of]) => Buffer.from(of(digits), 'base64').toString('hex'))).toEqual([
      'cbf43926',
      'e3069283',
      'ae8b14860a799888',
    ]);
  });

  test.each(kinds)('%s is taken when it is right, and nothing is kept when it is wrong', async (name, of) => {
    const header = `x-amz-checksum-${name}`;
    put('mine/a.bin', digits, { ...plain, [header]: of(digits) });
    const functions = start();
    expect(await ask(functions, 'a.bin')).toEqual(found('a.bin', digits));
    expect(lines().find(({ message }) => message === 'the files of MODEL_URI are there')).not.toHaveProperty(
      'withoutChecksum',
    );

    put('other/a.bin', digits, { ...plain, [header]: of(Buffer.from('123456780')) });
    const wrong = start({ MODEL_URI: 's3://models/other' });
    const info = await infoOf(wrong);
    expect(info).toContain(`s3://models/other/a.bin: the ${name} of what was fetched is `);
    expect(info).toContain(Buffer.from(of(digits), 'base64').toString('hex'));
    requests();
    put('other/a.bin', digits, { ...plain, [header]: of(digits) });
    expect(await ask(wrong, 'a.bin')).toEqual(found('a.bin', digits));
    expect(requests()).toContain('GET models/other/a.bin');
  });

  test.each(kinds)('%s of a file that came in parts is that of what is on the disk', async (name, of) => {
    const header = `x-amz-checksum-${name}`;
    put('mine/a.bin', big, { ...plain, [header]: of(digits) });
    const functions = start();
    expect(await infoOf(functions)).toContain(`the ${name} of what was fetched is `);
    expect(requests()).toContain('GET models/mine/a.bin bytes=0-4194303');
    // Nor by itself: S3 may have been wrong for a moment.
    expect(await infoOf(functions)).toContain(`the ${name} of what was fetched is `);
    expect(requests()).toContain('GET models/mine/a.bin bytes=0-4194303');
    put('mine/a.bin', big, { ...plain, [header]: of(big) });
    expect(await ask(functions, 'a.bin')).toEqual(found('a.bin', big));
  });

  test('is the ETag where that is the MD5 of the content', async () => {
    put('mine/a.bin', digits, { etag: `"${createHash('md5').update('else').digest('hex')}"` });
    expect(await infoOf(start())).toContain(
      's3://models/mine/a.bin: the md5 of what was fetched is 25f9e794',
    );
  });

  const md5 = `"${createHash('md5').update('else').digest('hex')}"`;
  test.each([
    ['an ETag of an object that KMS encrypted', { etag: md5, 'x-amz-server-side-encryption': 'aws:kms' }],
    ['an ETag of an upload in parts', { etag: '"25f9e794323b453885f5181f1b624d0b-3"' }],
    [
      'a checksum of checksums',
      { etag: '"x-3"', 'x-amz-checksum-type': 'COMPOSITE', 'x-amz-checksum-crc32': 'AAAAAA==-3' },
    ],
    ['a checksum of checksums that does not say so', { etag: '"x-3"', 'x-amz-checksum-crc32': 'AAAAAA==-3' }],
  ])('is none: %s; the log says so', async (_, headers) => {
    put('mine/a.bin', digits, headers);
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', digits));
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'info',
        message: 'the files of MODEL_URI are there',
        files: 1,
        bytes: 9,
        withoutChecksum: ['a.bin'],
      }),
    );
  });
});

describe('an error', () => {
  test.each([
    ['https://models/mine', 'MODEL_URI https://models/mine: expected s3://bucket/prefix'],
    ['gs://me:secret@models/mine', 'MODEL_URI gs://***@models/mine: expected s3://bucket/prefix'],
    ['/models', 'MODEL_URI /models: expected s3://bucket/prefix'],
    ['s3://UPPER/x', 'MODEL_URI s3://UPPER/x: expected s3://bucket/prefix'],
    ['s3://models/%FF', 'MODEL_URI %FF: expected percent-encoded UTF-8'],
    ['s3://models/none', 'MODEL_URI s3://models/none: there are no objects with this prefix'],
    ['s3://models/min', 'MODEL_URI s3://models/min: there are no objects with this prefix'],
    ['s3://models/mine/a.bin/', 'MODEL_URI s3://models/mine/a.bin/: there are no objects with this prefix'],
    [
      's3://nobody/mine',
      'S3 listing of s3://nobody/mine/: HTTP 404 NoSuchBucket: The test server says NoSuchBucket',
    ],
  ])('names what is wrong with %s', async (MODEL_URI, info) => {
    put('mine/a.bin', 'a');
    expect(await infoOf(start({ MODEL_URI }))).toBe(info);
  });

  test('says which permission is missing, and is no reason to try again', async () => {
    put('mine/a.bin', 'a');
    meetTrouble({ status: 403, code: 'AccessDenied' }, isList);
    expect(await infoOf(start())).toBe(
      'S3 listing of s3://models/mine/: HTTP 403 AccessDenied: The test server says AccessDenied (it takes s3:ListBucket on the bucket models)',
    );
    meetTrouble({ status: 403, code: 'AccessDenied' }, (request) => !isList(request));
    expect(await infoOf(start())).toBe(
      'S3 GET of s3://models/mine/a.bin: HTTP 403 AccessDenied: The test server says AccessDenied (it takes s3:GetObject on s3://models/mine/a.bin)',
    );
    expect(requests()).toEqual(['GET models/mine/a.bin', 'LIST models/mine/', 'LIST models/mine/']);
  });

  test.each([
    ['mine/../../etc/passwd'],
    ['mine/..'],
    ['mine/./a'],
    ['mine//etc/passwd'],
    ['mine/a\\..\\b'],
    ['mine/a\0b'],
  ])('refuses the key %j by name, and fetches nothing', async (key) => {
    put('mine/a.bin', 'a');
    put(key, 'b');
    expect(await infoOf(start())).toBe(
      `MODEL_URI s3://models/mine: the key ${JSON.stringify(key)} cannot be the name of a file: expected a relative path without empty parts, ".", "..", backslashes and NUL`,
    );
    expect(requests()).toEqual(['LIST models/mine/']);
  });

  test('says that a file cannot be a folder', async () => {
    put('mine/a', 'a');
    put('mine/a/b/c', 'c');
    expect(await infoOf(start())).toBe(
      'MODEL_URI s3://models/mine: "a" is a file, and the folder of "a/b/c"',
    );
  });

  test('says what room there is, before anything is fetched', async () => {
    const body =
      '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>mine/a.bin</Key><ETag>&quot;1&quot;</ETag><Size>9007199254740991</Size></Contents></ListBucketResult>';
    meetTrouble({ status: 200, body }, isList);
    expect(await infoOf(start())).toMatch(
      new RegExp(
        `^MODEL_URI s3://models/mine: 9007199254740991 bytes are to be fetched into ${folder}, which has room for \\d+; on Lambda, raise ephemeralStorageSize$`,
      ),
    );
    expect(requests()).toEqual(['LIST models/mine/']);
  });

  test.each([
    ['<html>hello</html>', 'the answer is not a ListBucketResult: is that S3?'],
    ['', 'the answer is not a ListBucketResult: is that S3?'],
    [
      '<ListBucketResult><Contents><Key>mine/a</Key></Contents></ListBucketResult>',
      'an object without key, size or ETag was listed: is that S3?',
    ],
    [
      '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
      'there is more, but no NextContinuationToken: is that S3?',
    ],
  ])('says that %j is no listing', async (body, info) => {
    meetTrouble({ status: 200, body }, isList);
    expect(await infoOf(start())).toBe(`S3 listing of s3://models/mine/: ${info}`);
  });

  test('names the region of a bucket that is elsewhere', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-central-1' };
    const body = '<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message></Error>';
    meetTrouble({ status: 301, body, headers }, isList);
    expect(await infoOf(start())).toBe(
      'S3 listing of s3://models/mine/: HTTP 301 PermanentRedirect: Elsewhere. (the bucket is in eu-central-1)',
    );
  });

  test('says which setting is missing', async () => {
    const functions = start({ AWS_ACCESS_KEY_ID: '' });
    expect(await infoOf(functions)).toBe(
      's3 needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  });
});

describe('in the packaged zip', () => {
  let task: Task;
  beforeAll(async () => {
    task = await packageTask('Files', join(MODEL_DIR, 'Files.ts'));
  }, 60_000);
  afterAll(() => task.close());

  async function askOne(fleet: Fleet, index: number): Promise<unknown> {
    const request = { method: 'POST', path: '/predict', body: '{"strData":"a.bin"}' };
    const answer = await fleet.send(request, index);
    return answer && { status: answer.status, body: JSON.parse(answer.body as string) };
  }

  test('processes that fetch at once do not disturb each other', async () => {
    const content = put('mine/a.bin', random(13 * MB));
    put('mine/b.bin', 'b');
    const fleet = await task.start('predict', environment(), 3);
    const answers = await Promise.all([0, 1, 2].map((index) => askOne(fleet, index)));
    expect(answers).toEqual([0, 1, 2].map(() => found('a.bin', content)));
    expect(requests().filter((line) => line.startsWith('LIST'))).toHaveLength(3);
    await fleet.close();
  });

  test('a process goes on where another one died', async () => {
    const content = put('mine/a.bin', random(13 * MB));
    const fleet = await task.start('predict', environment(), 1);
    let isThere = (): void => {};
    const lastPart = new Promise<void>((resolve) => {
      isThere = resolve;
    });
    const isFirst = (request: S3Request) => isPart(12 * MB)(request) || isPart(8 * MB)(request);
    server.trouble = (request) => {
      if (!isFirst(request)) {
        return undefined;
      }
      isThere();
      return 'no reply';
    };
    const asked = askOne(fleet, 0);
    await lastPart;
    await vi.waitFor(() => expect(partsOnDisk()).toBe(2));
    server.trouble = () => undefined;
    await fleet.kill(0);
    expect(await asked).toBeUndefined();
    requests();
    expect(await askOne(fleet, 0)).toEqual(found('a.bin', content));
    expect(requests()).toEqual([
      'GET models/mine/a.bin bytes=12582912-13631487',
      'GET models/mine/a.bin bytes=8388608-12582911',
      'HEAD models/mine/a.bin',
      'LIST models/mine/',
    ]);
    await fleet.close();
  });

  test('a function without MODEL_URI does not load what fetches', async () => {
    const chunks = join(task.folder, 'chunks');
    const names = readdirSync(chunks).filter((name) => name.startsWith('fetch-'));
    expect(names).toHaveLength(1);
    for (const name of names) {
      renameSync(join(chunks, name), join(folder, name));
    }
    const fleet = await task.start('predict', environment({ MODEL_URI: '' }), 1);
    // There is no a.bin next to the class.
    expect(await askOne(fleet, 0)).toMatchObject({ status: 500 });
    expect(fleet.output()).toContain("there is no file a.bin in the model's folder");
    expect(fleet.output()).not.toContain('ERR_MODULE_NOT_FOUND');
    await fleet.close();
    for (const name of names) {
      renameSync(join(folder, name), join(chunks, name));
    }
  });

  /** How many parts a download that is under way has on the disk. */
  function partsOnDisk(): number {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const record = paths.find((path) => path.endsWith('.parts'));
    return record ? readFileSync(join(folder, record)).filter((byte) => byte === 1).length : 0;
  }
});

test('without MODEL_URI, files lie next to the class, and nothing is asked', async () => {
  const { status, body } = await ask(start({ MODEL_URI: '' }), 'Files.ts');
  expect([status, body.jsonData.name]).toEqual([200, 'Files.ts']);
  expect(server.requests).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('MODEL_URI=file:///folder is that folder', async () => {
  writeFileSync(join(folder, 'here.txt'), 'here');
  const { status, body } = await ask(start({ MODEL_URI: pathToFileURL(folder).href }), 'here.txt');
  expect([status, body.jsonData.name]).toEqual([200, 'here.txt']);
  expect(server.requests).toEqual([]);
});

test.each(['file:///no/such/folder', 'file://host/folder'])('%s is refused', async (uri) => {
  const { status, body } = await ask(start({ MODEL_URI: uri }), 'a.bin');
  expect([status, body.status.info]).toEqual([500, `MODEL_URI ${uri}: there is no such folder`]);
});
