import { describe, expect, test } from 'vitest';
import {
  folder,
  infoOf,
  isList,
  meetTrouble,
  openModelFiles,
  put,
  requests,
  start,
} from '../../support/model-files.ts';

openModelFiles();

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
      `MODEL_URI s3://models/mine: the key ${JSON.stringify(key)} cannot be the name of a file: expected a relative path without empty parts, ".", "..", backslashes or NUL`,
    );
    expect(requests()).toEqual(['LIST models/mine/']);
  });

  test('says that a file cannot be a folder', async () => {
    put('mine/a', 'a');
    put('mine/a/b/c', 'c');
    expect(await infoOf(start())).toBe(
      'MODEL_URI s3://models/mine: "a" is both a file and the folder of "a/b/c"',
    );
  });

  test('says what room there is, before anything is fetched', async () => {
    const body =
      '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>mine/a.bin</Key><ETag>&quot;1&quot;</ETag><Size>9007199254740991</Size></Contents></ListBucketResult>';
    meetTrouble({ status: 200, body }, isList);
    expect(await infoOf(start())).toMatch(
      new RegExp(
        `^MODEL_URI s3://models/mine: the files need 9007199254740991 bytes in ${folder}, which has room for \\d+; on Lambda, raise ephemeralStorageSize$`,
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

  test('follows a bucket to its region once', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-central-1' };
    const body = '<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message></Error>';
    meetTrouble({ status: 301, body, headers }, isList);
    expect(await infoOf(start())).toBe(
      'S3 listing of s3://models/mine/: HTTP 301 PermanentRedirect: Elsewhere.',
    );
  });

  test('says which setting is missing', async () => {
    const functions = start({ AWS_ACCESS_KEY_ID: '' });
    expect(await infoOf(functions)).toBe(
      's3 needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  });
});
