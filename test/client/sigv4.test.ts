import aws4 from 'aws4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scopeOf } from '../../src/client/aws-host.ts';
import { signatureOf } from '../../src/client/sigv4.ts';

const word = fc.string({ unit: 'grapheme', maxLength: 8 });
// Texts that a URL changes: `.` and `..` are steps, and a lone surrogate is no character.
const segment = word.filter((text) => !/^\.{1,2}$/.test(text)).map(encodeURIComponent);
const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const name = word.filter((text) => text !== '');
const query = fc
  .array(fc.tuple(name, word), { maxLength: 5 })
  .map((pairs) => pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`));
const text = fc.string({ minLength: 1, maxLength: 20 });

test('any request is signed as aws4 signs it', async () => {
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path,
    query,
    body: fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()), { nil: undefined }),
    keys: fc.record({
      accessKeyId: text,
      secretAccessKey: text,
      sessionToken: fc.option(fc.stringMatching(/^[\w+/=]{1,20}$/), { nil: undefined }),
    }),
    service: fc.constantFrom('execute-api', 'lambda'),
    region: fc.constantFrom('eu-west-1', 'us-gov-east-1'),
    now: fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body, keys, service, region, now }) => {
      const url = new URL(`https://host.example:8443${path}?${query.join('&')}`);
      const sent = typeof body === 'object' ? new Uint8Array(body) : body;
      const signed = await signatureOf({ method, url, body: sent }, keys, { service, region }, now);
      const { authorization, ...own } = signed;
      const asked = { service, region, method, host: url.host, path: url.pathname + url.search };
      const ignored = { 'content-length': true, 'content-type': true };
      const { headers } = aws4.sign(
        {
          ...asked,
          body: typeof body === 'object' ? Buffer.from(body) : (body ?? ''),
          headers: { ...own },
          extraHeadersToIgnore: ignored,
        } as Parameters<typeof aws4.sign>[0],
        keys as aws4.Credentials,
      );
      expect(authorization).toBe(headers?.Authorization);
      expect(own['x-amz-date']).toBe(now.toISOString().replace(/[-:]|\.\d+/g, ''));
      expect(own['x-amz-security-token']).toBe(keys.sessionToken);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['abc123.execute-api.eu-west-1.amazonaws.com', 'execute-api', 'eu-west-1'],
  ['abc-vpce-1.execute-api.cn-north-1.amazonaws.com.cn', 'execute-api', 'cn-north-1'],
  ['abc123.lambda-url.us-east-1.on.aws', 'lambda', 'us-east-1'],
  ['models.example', 'execute-api', undefined],
  ['execute-api.example', 'execute-api', undefined],
])('the host %s has the service %s and the region %s', (host, service, region) => {
  expect(scopeOf(host)).toEqual({ service, region });
});
