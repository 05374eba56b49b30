import { afterAll, describe, expect, test } from 'vitest';
import { type ClientOptions, client, type SeldonClientError } from '../../src/client/index.ts';
import { AWS_KEYS, openGateway, TOKEN } from '../support/gateway.ts';
import { closeHosts, host, hostOf } from '../support/hosts.ts';

afterAll(closeHosts);

const GOOD = { data: { tensor: { shape: [1], values: [1] } } };
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('it is answered'),
    (reason: SeldonClientError) => reason,
  );

describe('an answer that is not good is an error with the words of the host', () => {
  test.each<[string, number, Record<string, string>, string, string]>([
    ['an error', 422, {}, '{"status":{"reason":"OOPS","info":"what"}}', '422 OOPS: what'],
    [
      'an error with JSON',
      400,
      {},
      '{"status":{"reason":"OOPS","info":{"at":12345678901234567890}}}',
      '400 OOPS: {"at":12345678901234567890}',
    ],
    [
      'a gateway that refuses',
      403,
      {},
      '{"message":"Forbidden"}',
      '403: Forbidden; does it need sigv4, apiKey or token?',
    ],
    [
      'a gateway that refuses a role',
      403,
      {},
      '{"Message":"User: x is not authorized"}',
      '403: User: x is not authorized; does',
    ],
    ['a page', 404, { 'content-type': 'text/html' }, '\n<html>', '404: <html>'],
    ['nothing', 404, {}, '', '404: an answer without a text'],
    [
      'a failure with a good status',
      200,
      {},
      '{"status":{"status":"FAILURE","reason":"OOPS","info":"what"}}',
      '200 OOPS: what',
    ],
    ['the number of a failure', 200, {}, '{"status":{"status":1,"info":"what"}}', '200: what'],
    [
      'a page with a good status',
      200,
      { 'content-type': 'text/html' },
      '<html>',
      '200: expected a message as JSON, got text/html',
    ],
    [
      'a list',
      200,
      { 'content-type': 'application/json' },
      '[1]',
      '200: expected a message as JSON, got application/json',
    ],
    [
      'a redirect',
      302,
      { location: 'https://other.example/x?token=secret' },
      '',
      '302 a redirect to https://other.example/x, which is not followed; use its address',
    ],
  ])('%s', async (_what, status, headers, body, words) => {
    const { url } = await host((_request, response) => response.writeHead(status, headers).end(body));
    const error = await failureOf(client(url).predict([1]));
    expect(error.message).toContain(`POST ${url}/predict: ${words}`);
    expect(error).toMatchObject({ status, body });
  });

  test('of which a part is enough', async () => {
    const { url } = await hostOf({ status: { reason: 'OOPS', info: 'x'.repeat(10_000) } }, 400);
    const { message, body, info } = await failureOf(client(url).predict([1]));
    expect(message.length).toBeLessThan(600);
    expect(body).toHaveLength(2000);
    expect(info).toHaveLength(10_000);
  });

  test('and other JSON than ours is read as other servers write it', async () => {
    const { url } = await host((_request, response) =>
      response.end(
        '{"data":{"ndarray":[[NaN, Infinity, 12345678901234567890]]},"meta":{"puid":12345678901234567890}}',
      ),
    );
    const { array, puid } = await client(url).predict([1]);
    expect(array.asType('float64').data).toEqual(
      Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number(12345678901234567890n)),
    );
    expect(puid).toBe('12345678901234567890');
  });
});

describe('credentials', () => {
  const sent = async (options: ClientOptions) => {
    const { url, received } = await hostOf(GOOD);
    await client(url, options).predict([1]);
    return received[0]?.headers;
  };

  test.each<[string, ClientOptions, Record<string, string>]>([
    ['a key', { apiKey: 'k' }, { 'x-api-key': 'k' }],
    ['a token', { token: 't' }, { authorization: 'Bearer t' }],
    ['a token with its scheme', { token: 'Bearer t' }, { authorization: 'Bearer t' }],
    ['a token from a function', { token: async () => 't' }, { authorization: 'Bearer t' }],
    ['a token in another header', { token: 't', tokenHeader: 'X-Auth-Token' }, { 'x-auth-token': 't' }],
    ['a key and a token', { apiKey: 'k', token: 't' }, { 'x-api-key': 'k', authorization: 'Bearer t' }],
    [
      'headers',
      { headers: { Authorization: 'Basic x', 'X-A': 'ü' } },
      { authorization: 'Basic x', 'x-a': 'ü' },
    ],
  ])('%s is sent', async (_what, options, headers) => {
    expect(await sent(options)).toMatchObject(headers);
  });

  test('headers of a call win over the credentials of the client', async () => {
    const { url, received } = await hostOf(GOOD);
    await client(url, { token: 't', headers: { 'x-a': '1' } }).predict([1], {
      headers: { AUTHORIZATION: 'mine' },
    });
    expect(received[0]?.headers).toMatchObject({ authorization: 'mine', 'x-a': '1' });
  });

  test('of each kind open a gateway, whose stage is kept', async () => {
    const target = await hostOf(GOOD);
    const gateway = await openGateway(target.url, 'dev', 'the key');
    const sigv4 = { credentials: async () => AWS_KEYS, region: 'eu-west-1' };
    for (const options of [{ sigv4 }, { apiKey: 'the key' }, { token: TOKEN }]) {
      expect((await client(gateway.url, options).predict([1])).array.data[0]).toBe(1);
      expect((await client(`${gateway.url}/`, options).health()).status).toBe(200);
    }
    const wrong = { ...sigv4, region: 'eu-west-2' };
    for (const options of [{}, { sigv4: wrong }, { apiKey: 'other' }]) {
      await expect(client(gateway.url, options).predict([1])).rejects.toThrow('403: Forbidden; does it need');
    }
    expect(target.received.map(({ path }) => path)).toEqual(
      Array.from({ length: 3 }, () => ['/predict', '/health/status']).flat(),
    );
    gateway.close();
  });

  test('are not in an error, although the host repeats them', async () => {
    const { url } = await host(({ headers }, response) => {
      const message = Object.values(headers).join(' ');
      response.writeHead(403).end(JSON.stringify({ status: { reason: message, info: [message] } }));
    });
    const secrets = {
      token: 'to"ken',
      tokenHeader: 'x-auth-token',
      apiKey: 'the-key',
      sigv4: { credentials: AWS_KEYS, region: 'eu-west-1' },
      headers: { 'x-client-secret': 'Basic se\\cret', 'x-trace': 'visible' },
    };
    const error = await failureOf(client(url, secrets).predict([1], { idempotencyKey: 'visible-key' }));
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.body}`;
    expect(shown).toContain('visible-key');
    expect(shown).toMatch(/visible(?!-key)/);
    for (const secret of [
      'to"ken',
      'to\\"ken',
      'the-key',
      'se\\cret',
      AWS_KEYS.sessionToken,
      AWS_KEYS.secretAccessKey,
    ]) {
      expect(shown).not.toContain(secret);
    }
    expect(error.info).toEqual([expect.stringContaining('***')]);
  });

  test('that cannot be had are the error of who should give them', async () => {
    const { url, received } = await hostOf(GOOD);
    const reason = new Error('the session has ended');
    const credentials = async () => Promise.reject(reason);
    await expect(client(url, { sigv4: { credentials, region: 'r' } }).predict([1])).rejects.toBe(reason);
    await expect(client(url, { token: () => 'a\nb' }).predict([1])).rejects.toThrow(
      /^the header authorization: expected a text without line breaks/,
    );
    expect(received).toEqual([]);
  });
});

const KEYS = { accessKeyId: 'a', secretAccessKey: 'topsecret' };

test.each<[string, string, ClientOptions, string]>([
  ['no address', 'models.example', {}, 'url: expected an address as https://'],
  ['an address of files', 'file:///topsecret', {}, 'url: expected an address as https://'],
  [
    'a password in the address',
    'https://user:topsecret@host',
    {},
    'url: expected an address without user, password',
  ],
  ['a query', 'https://host/?key=topsecret', {}, 'url: expected an address without user, password, query'],
  ['retries', 'http://a', { retries: -1 }, 'retries: expected a whole number, 0 or more'],
  ['half a retry', 'http://a', { retries: 0.5 }, 'retries: expected a whole number, 0 or more'],
  ['no time', 'http://a', { timeoutMs: 0 }, 'timeoutMs: expected milliseconds, at most 2147483647'],
  ['more time than timers have', 'http://a', { timeoutMs: 2 ** 31 }, 'timeoutMs: expected milliseconds'],
  [
    'another form',
    'http://a',
    { arrays: 'proto' as never },
    'arrays: expected one of tensor, ndarray, tftensor',
  ],
  ['a negative wait', 'http://a', { backoffMs: -1 }, 'backoffMs: expected milliseconds, 0 or more'],
  ['no bytes', 'http://a', { maxBytes: 0 }, 'maxBytes: expected a number above 0'],
  [
    'no region',
    'https://models.example',
    { sigv4: { credentials: KEYS } },
    'sigv4.region: expected a region',
  ],
  ['no keys', 'https://a', { sigv4: { region: 'r' } as never }, 'sigv4.credentials: expected keys of AWS'],
  [
    'two that are one header',
    'https://a',
    { sigv4: { credentials: KEYS, region: 'r' }, token: 'topsecret' },
    'sigv4 and token: expected one of them',
  ],
  [
    'a token twice',
    'https://a',
    { token: 't', headers: { Authorization: 'topsecret' } },
    'token and headers: expected one of them',
  ],
  [
    'a key with a line break',
    'https://a',
    { apiKey: 'topsecret\n' },
    'the header x-api-key: expected a text without line breaks',
  ],
  [
    'the name of a header',
    'https://a',
    { headers: { 'a b': 'topsecret' } },
    'headers: no header can have the name "a b"',
  ],
])('%s is refused at once, without showing a secret', (_what, url, options, sentence) => {
  const open = () => client(url, options);
  expect(open).toThrow(TypeError);
  expect(open).toThrow(sentence);
  expect(open).not.toThrow('topsecret');
});

test('the region and the service are those in the name of the host', () => {
  for (const host of ['abc.execute-api.eu-west-1.amazonaws.com', 'abc.lambda-url.eu-west-1.on.aws']) {
    expect(() => client(`https://${host}/dev`, { sigv4: { credentials: KEYS } })).not.toThrow();
  }
});
