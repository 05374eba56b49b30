import aws4 from 'aws4';
import { expect, test } from 'vitest';
import { signatureOf } from '../../src/page/sigv4.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalr/XUtn+FEMI', region: 'eu-west-1' };
const NOW = new Date('2026-02-03T04:05:06.789Z');

test.each([
  ['POST', '/predict', '{"strData":"Blüte 🌷"}', undefined],
  ['GET', '/dev/seldon.json', undefined, 'a/session+token=='],
  ['POST', "/a%20b/it's(1)!*/é", '', undefined],
])('%s %s is signed as aws4 signs it', async (method, path, body, sessionToken) => {
  const url = new URL(path, 'https://abc123.execute-api.eu-west-1.amazonaws.com');
  const signed = await signatureOf({ method, url, body }, { ...KEYS, sessionToken }, NOW);
  const { headers } = aws4.sign(
    {
      service: 'execute-api',
      region: KEYS.region,
      method,
      host: url.host,
      path: url.pathname,
      body: body ?? '',
      headers: { 'x-amz-date': '20260203T040506Z' },
      extraHeadersToIgnore: { 'content-length': true, 'content-type': true },
    } as Parameters<typeof aws4.sign>[0],
    { ...KEYS, ...(sessionToken && { sessionToken }) },
  ) as { headers: Record<string, string> };
  expect(signed).toMatchObject({ authorization: headers.Authorization, 'x-amz-date': '20260203T040506Z' });
  expect(signed['x-amz-security-token']).toBe(sessionToken);
});
