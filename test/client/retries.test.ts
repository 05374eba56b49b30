import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type CallOptions, type Client, client, type SeldonClientError } from '../../src/client/index.ts';
import { retryAfterMs, waitMs } from '../../src/client/retry.ts';
import { freePorts } from '../support/free-ports.ts';
import { deploy } from '../support/functions.ts';
import { closeHosts, host, type Received } from '../support/hosts.ts';
import { createSelfSigned } from '../support/stores/self-signed.ts';

afterAll(closeHosts);

afterEach(() => {
  vi.unstubAllEnvs();
});

const GOOD = '{"data":{"tensor":{"shape":[1],"values":[7]}}}';
type Answerer = (response: ServerResponse) => unknown;

const withStatus =
  (status: number, headers: Record<string, string> = { 'retry-after': '0' }, body = ''): Answerer =>
  (response) =>
    response.writeHead(status, headers).end(body);
const reset: Answerer = (response) => response.destroy();
const half: Answerer = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"data":');
  response.destroy();
};

/** A host that answers badly, once for each entry, and well from then on. */
async function failing(...answers: readonly Answerer[]): Promise<{ url: string; received: Received[] }> {
  return host((_request, response, index) => (answers[index] ?? withStatus(200, {}, GOOD))(response));
}

const NOW = { backoffMs: 0 };

describe('a call is made again', () => {
  test.each<[string, Answerer]>([
    ['408', withStatus(408)],
    ['429', withStatus(429)],
    ['502', withStatus(502)],
    ['503', withStatus(503)],
    ['504', withStatus(504)],
    ['503 with a date', withStatus(503, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })],
    ['503 without a time', withStatus(503, {})],
    ['500 of API Gateway', withStatus(500, {}, '{"message":"Internal server error"}')],
    ['a closed connection', reset],
    ['half an answer', half],
  ])('after %s', async (_what, answer) => {
    const { url, received } = await failing(answer, answer);
    const { array, tries } = await client(url, NOW).predict([[1]]);
    expect(array.data[0]).toBe(7);
    expect(tries).toBe(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  test('as often as asked, by the client or the call', async () => {
    const { url, received } = await failing(...Array.from({ length: 20 }, () => withStatus(503)));
    const tries = async (model: Client, options?: CallOptions) => {
      const before = received.length;
      const error = await model.predict([1], options).catch((reason: SeldonClientError) => reason);
      expect(error).toMatchObject({
        name: 'SeldonClientError',
        status: 503,
        tries: received.length - before,
      });
      return received.length - before;
    };
    expect(await tries(client(url))).toBe(3);
    expect(await tries(client(url, { retries: 0 }))).toBe(1);
    expect(await tries(client(url, { retries: 1 }))).toBe(2);
    expect(await tries(client(url, { retries: 1 }), { retries: 3 })).toBe(4);
  });

  test('with credentials of its own', async () => {
    const { url, received } = await failing(withStatus(503));
    let count = 0;
    await client(url, { token: async () => `t${++count}` }).predict([1]);
    expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

test.each<[string, Answerer]>([
  ['400', withStatus(400)],
  ['403', withStatus(403)],
  ['413', withStatus(413)],
  ['422', withStatus(422)],
  ['500 of the model', withStatus(500, {}, '{"status":{"reason":"MICROSERVICE_INTERNAL_ERROR","info":"x"}}')],
  ['500 without words', withStatus(500, {})],
  ['501', withStatus(501)],
  ['507', withStatus(507)],
  ['a redirect', withStatus(307, { location: '/elsewhere' })],
  ['something else than a message', withStatus(200, {}, '<html>')],
])('a call is not made again after %s', async (_what, answer) => {
  const { url, received } = await failing(answer);
  await expect(client(url, NOW).predict([1])).rejects.toMatchObject({ name: 'SeldonClientError', tries: 1 });
  expect(received).toHaveLength(1);
});

test('health is asked once, because 503 is an answer', async () => {
  const { url, received } = await failing(withStatus(503), withStatus(503));
  const model = client(url, { retries: 5 });
  await expect(model.health()).rejects.toMatchObject({ status: 503, tries: 1 });
  expect((await model.health({ retries: 1 })).tries).toBe(2);
  expect(received).toHaveLength(3);
});

test('a host that asks for a longer wait than there is time is not waited for', async () => {
  const { url, received } = await failing(withStatus(503, { 'retry-after': '3600' }));
  await expect(client(url).predict([1])).rejects.toMatchObject({
    message: `POST ${url}/predict: 503: an answer without a text`,
    retryAfterMs: 3_600_000,
    tries: 1,
  });
  expect(received).toHaveLength(1);
});

test('a host that refuses the connection is tried again, and the error says so', async () => {
  const [port] = await freePorts(1);
  const call = client(`http://127.0.0.1:${port}`, NOW).predict([1]);
  await expect(call).rejects.toMatchObject({
    message: `POST http://127.0.0.1:${port}/predict: the connection is refused (ECONNREFUSED) (after 3 tries)`,
    status: undefined,
    tries: 3,
    cause: { message: 'fetch failed' },
  });
});

describe('without an answer, a call', () => {
  const failed = (cause?: object) => new TypeError('fetch failed', { cause });

  test.each<[string, Error, string]>([
    [
      'a browser, which tells no reason',
      new TypeError('Failed to fetch'),
      'Failed to fetch (the host cannot be',
    ],
    [
      'a name that is not known yet',
      failed({ code: 'EAI_AGAIN' }),
      'the name of the host cannot be looked up',
    ],
    [
      'a code without a sentence of ours',
      failed({ code: 'EPIPE', message: 'write EPIPE' }),
      'write EPIPE (EPIPE)',
    ],
    ['another code', failed({ code: 'EXDEV', message: '' }), 'EXDEV'],
  ])('is made again: %s', async (_what, error, words) => {
    const rejecting = async () => Promise.reject(error);
    const call = client('http://any.example', { ...NOW, fetch: rejecting }).predict([1]);
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining(words), tries: 3 });
  });

  test('is not made again at a port that fetch refuses', async () => {
    const call = client('http://127.0.0.1:1', NOW).predict([1]);
    await expect(call).rejects.toMatchObject({
      message: 'POST http://127.0.0.1:1/predict: fetch refuses this port, as browsers do',
      tries: 1,
    });
  });

  test('is not made again to a host whose certificate is not trusted', async () => {
    const server = createServer(createSelfSigned(), () => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const call = client(`https://127.0.0.1:${port}`, NOW).predict([1]);
    await expect(call).rejects.toMatchObject({
      message: expect.stringContaining('self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)'),
      tries: 1,
    });
    server.close();
  });
});

test('Retry-After is read as seconds or as a date, and as nothing else', () => {
  const read = (text: string) => retryAfterMs(new Headers({ 'retry-after': text }));
  expect(['0', '2', ' 1.5 ', '-1'].map(read)).toEqual([0, 2000, 1500, 0]);
  const later = read(new Date(Date.now() + 60_000).toUTCString());
  expect(later).toBeGreaterThan(50_000);
  expect(later).toBeLessThanOrEqual(60_000);
  expect(['', 'soon', 'NaN', 'Infinity x'].map(read)).toEqual([undefined, undefined, undefined, undefined]);
});

test('without a word of the host, the waits grow up to 8 s, half of each at random', () => {
  const reply = { status: 503, headers: new Headers(), text: '' };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(10_000), (tries, backoffMs) => {
      const most = Math.min(8000, backoffMs * 2 ** (tries - 1));
      const wait = waitMs(reply, tries, backoffMs);
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }),
  );
});

describe('a feedback', () => {
  test('has the same key in each try, its own or the one that is given', async () => {
    const { url, received } = await failing(withStatus(503), reset);
    const model = client(url, NOW);
    await model.feedback({ reward: 1 });
    const keys = received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await model.predict([1]);
    expect(received.at(-1)?.headers).not.toHaveProperty('idempotency-key');
    await model.predict([1], { idempotencyKey: 'k' });
    expect(received.at(-1)?.headers).toMatchObject({ 'idempotency-key': 'k' });
    await expect(model.predict([1], { idempotencyKey: '' })).rejects.toThrow(
      'idempotencyKey: expected a text',
    );
  });

  test('counts once, although its first answers are lost', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seldon-client-'));
    const functions = deploy({
      MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
      MODEL_NAME: 'Counter',
      STATE_URL: pathToFileURL(folder).href,
      STATE_MAX_AGE_MS: '0',
      METRICS_URL: '',
    });
    // The function has answered, and the gateway loses the answer.
    const { url } = await host(async ({ headers, ...request }, response, index) => {
      const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      const answer = await functions.send({ ...request, headers: Object.fromEntries(given) });
      (index === 0
        ? reset
        : index === 1
          ? withStatus(504)
          : withStatus(answer.status, {}, answer.body as string))(response);
    });
    const model = client(url, NOW);
    const { tries, array } = await model.feedback({ reward: 5 });
    expect({ tries, count: array.data[0] }).toEqual({ tries: 3, count: 1 });
    expect(Array.from((await model.predict([1])).array.data as Float64Array)).toEqual([1, 5]);
    await model.feedback({ reward: 5 });
    expect(Array.from((await model.predict([1])).array.data as Float64Array)).toEqual([2, 10]);
    rmSync(folder, { recursive: true, force: true });
  });
});
