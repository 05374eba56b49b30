import { truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ask,
  found,
  infoOf,
  isPart,
  MB,
  meetTrouble,
  objectsOnDisk,
  openModelFiles,
  put,
  random,
  requests,
  server,
  start,
} from '../../support/model-files.ts';

openModelFiles();

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
