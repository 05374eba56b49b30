import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openObjects } from '../../../src/runtime/clients/s3/s3-objects.ts';
import { AWS_SETTINGS } from './aws-settings.ts';
import { openS3Server, type S3Server } from './s3-server.ts';

let server: S3Server;
beforeAll(async () => {
  server = await openS3Server();
});
afterAll(() => server.close());

const settings = () => ({ ...AWS_SETTINGS, s3Endpoint: server.url });
const at = (key: string) => ({ bucket: 'states', key });
const bytes = (text: string) => Buffer.from(text);

test('lets one of 100 win who put at once, where nothing is and where something is', async () => {
  const objects = openObjects(settings());
  let seen: string | undefined;
  for (let round = 0; round < 5; round++) {
    const all = Array.from({ length: 100 }, (_, who) =>
      objects.replace(at('contended'), bytes(`${round} by ${who}`), seen, 10_000),
    );
    const winners = (await Promise.all(all)).flatMap((result, who) =>
      result.isStored ? [{ who, version: result.version }] : [],
    );
    expect(winners).toHaveLength(1);
    expect(server.objects.get('states/contended')?.toString()).toBe(`${round} by ${winners[0]?.who}`);
    seen = winners[0]?.version;
  }
  objects.close();
});

test('has the MD5 of the content as the ETag, so that A, B, A looks unchanged', async () => {
  const objects = openObjects(settings());
  const put = async (text: string, seen?: string) => {
    const result = await objects.replace(at('aba'), bytes(text), seen, 10_000);
    return result.isStored ? result.version : expect.fail('refused');
  };
  const first = await put('A');
  expect(first).toBe(`"${createHash('md5').update('A').digest('hex')}"`);
  await put('A', await put('B', first));
  expect((await objects.replace(at('aba'), bytes('C'), first, 10_000)).isStored).toBe(true);
  objects.close();
});

test.each([
  ['GET', 404, 'NoSuchKey', {}],
  ['PUT', 404, 'NoSuchKey', { 'if-match': '"0"' }],
  ['DELETE', 403, 'AccessDenied', { authorization: 'none' }],
  ['PUT', 400, 'XAmzContentSHA256Mismatch', { 'x-amz-content-sha256': '0'.repeat(64) }],
  ['PUT', 403, 'SignatureDoesNotMatch', { 'x-amz-date': '20200101T000000Z' }],
])('answers a %s with %i %s as XML', async (method, status, code, headers) => {
  const { default: aws4 } = await import('aws4');
  const { region, credentials } = AWS_SETTINGS;
  const body = method === 'PUT' ? 'text' : undefined;
  const { host } = new URL(server.url);
  const signed = aws4.sign(
    {
      service: 's3',
      region,
      method,
      path: '/states/none',
      headers: { host, ...(code === 'NoSuchKey' ? headers : {}) },
      body,
    },
    credentials,
  );
  const answer = await fetch(`${server.url}/states/none`, {
    method,
    headers: { ...(signed.headers as Record<string, string>), ...headers },
    body: body ?? null,
  });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
});
