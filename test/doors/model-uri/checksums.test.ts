import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  ask,
  found,
  infoOf,
  lines,
  MB,
  openModelFiles,
  put,
  random,
  requests,
  start,
} from '../../support/model-files.ts';

openModelFiles();

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
    expect(lines().find(({ message }) => message === 'the files of MODEL_URI are ready')).not.toHaveProperty(
      'withoutChecksum',
    );

    put('other/a.bin', digits, { ...plain, [header]: of(Buffer.from('123456780')) });
    const wrong = start({ MODEL_URI: 's3://models/other' });
    const info = await infoOf(wrong);
    expect(info).toContain(`s3://models/other/a.bin: the ${name} of the fetched content is `);
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
    expect(await infoOf(functions)).toContain(`the ${name} of the fetched content is `);
    expect(requests()).toContain('GET models/mine/a.bin bytes=0-4194303');
    // Nor by itself: S3 may have been wrong for a moment.
    expect(await infoOf(functions)).toContain(`the ${name} of the fetched content is `);
    expect(requests()).toContain('GET models/mine/a.bin bytes=0-4194303');
    put('mine/a.bin', big, { ...plain, [header]: of(big) });
    expect(await ask(functions, 'a.bin')).toEqual(found('a.bin', big));
  });

  test('is the ETag where that is the MD5 of the content', async () => {
    put('mine/a.bin', digits, { etag: `"${createHash('md5').update('else').digest('hex')}"` });
    expect(await infoOf(start())).toContain(
      's3://models/mine/a.bin: the md5 of the fetched content is 25f9e794',
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
        message: 'the files of MODEL_URI are ready',
        files: 1,
        bytes: 9,
        withoutChecksum: ['a.bin'],
      }),
    );
  });
});
