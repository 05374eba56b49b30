import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openInvokeApi, type ServiceAnswer } from '../../support/graph/invoke-api.ts';
import { closeNodes, type NodeAnswer, type NodeRequest, openServer } from '../../support/graph/nodes.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';
import { captureLog } from '../../support/log-lines.ts';

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(closeNodes);

class Model {
  predict = () => 'answer';
}

const MESSAGE = { data: { ndarray: [[1, 2]] } };

/** The plan of a graph with a shadow, which gets copies of `traffic` % of the requests. */
async function shadowed(traffic: number) {
  const main = await graphPlan({ name: 'm', type: 'MODEL' }, { name: 'main' });
  const shadow = await graphPlan({ name: 'm', type: 'MODEL' }, { name: 'next', traffic, isShadow: true });
  return { deployment: 'dep', predictors: [...main.predictors, ...shadow.predictors] };
}

async function serve(traffic: number, service?: () => ServiceAnswer | Promise<never>) {
  const api = await openInvokeApi(() => async () => ({ status: 200, headers: {}, body: '' }), service);
  const environment = {
    ...api.environment,
    SELDON_LOG_LEVEL: 'WARNING',
    SELDON_SHADOWS: '{"next":"lambda:dep-graph-next:live"}',
  };
  const served = await serveGraph(await shadowed(traffic), { m: unitOf(Model) }, environment);
  return { api, served };
}

test('a shadow gets a copy of each request, and nobody waits for its answer', async () => {
  const { api, served } = await serve(0);
  const { status, body } = await served.send(
    prediction(MESSAGE, { 'seldon-puid': 'mine', 'idempotency-key': 'k', cookie: 'secret' }),
  );
  expect([status, JSON.parse(String(body)).strData]).toEqual([200, 'answer']);
  // The first copy may take longer than the caller waits: its code is being loaded.
  await vi.waitFor(() => expect(api.invocations).toHaveLength(1));
  const [{ name, qualifier, type, event } = {}] = api.invocations;
  expect({ name, qualifier, type }).toEqual({ name: 'dep-graph-next', qualifier: 'live', type: 'Event' });
  expect(event).toMatchObject({
    version: '2.0',
    rawPath: '/api/v1.0/predictions',
    headers: { 'content-type': 'application/json', 'seldon-puid': 'mine', 'idempotency-key': 'k' },
  });
  expect(JSON.stringify(event)).not.toContain('secret');
  expect(Buffer.from(event?.body as string, 'base64').toString()).toBe(JSON.stringify(MESSAGE));
});

test('a shadow whose endpoints are functions gets its copies at that of predictions', async () => {
  const api = await openInvokeApi(() => async () => ({ status: 200, headers: {}, body: '' }));
  const environment = { ...api.environment, SELDON_SHADOWS: '{"next":"lambda:theirs-*"}' };
  const served = await serveGraph(await shadowed(0), { m: unitOf(Model) }, environment);
  expect((await served.send(prediction(MESSAGE))).status).toBe(200);
  await vi.waitFor(() => expect(api.invocations).toHaveLength(1));
  const [{ name, event } = {}] = api.invocations;
  expect([name, event?.rawPath]).toEqual(['theirs-predict', '/api/v1.0/predictions']);
});

test('a message in the query reaches the shadow, too', async () => {
  const { api, served } = await serve(0);
  const json = JSON.stringify({ strData: 'a & b' });
  const { body: _, ...asked } = prediction(MESSAGE);
  const path = `${asked.path}?json=${encodeURIComponent(json)}`;
  expect((await served.send({ ...asked, path })).status).toBe(200);
  await vi.waitFor(() => expect(api.invocations).toHaveLength(1));
  const rawQueryString = String(api.invocations[0]?.event?.rawQueryString);
  expect(new URLSearchParams(rawQueryString).getAll('json')).toEqual([json]);
});

test.each([
  ['small', MESSAGE, 1],
  ['too large', { strData: randomBytes(1_500_000).toString('base64') }, 0],
])('a copy of a compressed request is compressed once: %s', async (_what, message, copies) => {
  const lines = captureLog();
  const { api, served } = await serve(0);
  const body = gzipSync(JSON.stringify(message));
  const request = { ...prediction(MESSAGE, { 'content-encoding': 'gzip' }), body };
  expect((await served.send(request)).status).toBe(200);
  await vi.waitFor(() => expect(api.invocations.length + lines().length).toBe(1));
  expect(api.invocations).toHaveLength(copies);
  for (const { event } of api.invocations) {
    expect(event).toMatchObject({ headers: { 'content-encoding': 'gzip' }, isBase64Encoded: true });
    expect(Buffer.from(event?.body as string, 'base64').equals(body)).toBe(true);
  }
});

test('of a part of the requests, if that is wanted', async () => {
  const { api, served } = await serve(30);
  for (let i = 0; i < 200; i++) {
    await served.send(prediction(MESSAGE, { 'seldon-puid': `p${i}` }));
  }
  expect(api.invocations.length).toBeGreaterThan(30);
  expect(api.invocations.length).toBeLessThan(90);
});

test('a shadow that cannot be called changes no answer', async () => {
  const lines = captureLog();
  const { served } = await serve(0, () => ({ status: 500, code: 'ServiceException' }));
  expect((await served.send(prediction(MESSAGE))).status).toBe(200);
  await vi.waitFor(() =>
    expect(lines()).toMatchObject([{ message: 'a shadow did not get its copy', predictor: 'next' }]),
  );
});

test('a copy that is too large is not sent', async () => {
  const lines = captureLog();
  const { api, served } = await serve(0);
  const { status } = await served.send(prediction({ strData: randomBytes(1_500_000).toString('base64') }));
  expect(status).toBe(200);
  await vi.waitFor(() => expect(lines()).toMatchObject([{ message: 'a shadow did not get its copy' }]));
  expect(api.invocations).toEqual([]);
});

test('a caller does not wait for an API that does not answer', async () => {
  const { served } = await serve(0, () => new Promise<never>(() => {}));
  expect((await served.send(prediction(MESSAGE))).status).toBe(200);
});

/** A graph whose shadow is at a URL, and the requests that came there. */
async function serveUrl(answer: NodeAnswer | Promise<never>) {
  const arrived: NodeRequest[] = [];
  const url = await openServer(async ({ method = '', url: path = '', headers }, body) => {
    arrived.push({ method, path, headers: headers as Record<string, string>, body });
    return answer;
  });
  const environment = {
    SELDON_LOG_LEVEL: 'WARNING',
    SELDON_SHADOWS: JSON.stringify({ next: `${url}/base` }),
  };
  return { arrived, served: await serveGraph(await shadowed(0), { m: unitOf(Model) }, environment) };
}

test('a shadow at a URL gets the request at the same path, without what is the callers own', async () => {
  const { arrived, served } = await serveUrl({ status: 202, headers: {}, body: '' });
  const lines = captureLog();
  const json = JSON.stringify({ strData: 'a & b' });
  const request = prediction(MESSAGE, { 'seldon-puid': 'mine', 'idempotency-key': 'k', cookie: 'secret' });
  const path = `${request.path}?json=${encodeURIComponent(json)}`;
  expect((await served.send({ ...request, path })).status).toBe(200);
  await vi.waitFor(() => expect(arrived).toHaveLength(1));
  const [{ headers = {}, body, ...copy } = {}] = arrived;
  expect(copy).toEqual({
    method: 'POST',
    path: `/base${request.path}?json=${encodeURIComponent(json)}`,
  });
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'seldon-puid': 'mine',
    'idempotency-key': 'k',
  });
  expect(headers).not.toHaveProperty('cookie');
  expect(String(body)).toBe(JSON.stringify(MESSAGE));
  expect(lines()).toEqual([]);
});

test.each<[string, NodeAnswer, string]>([
  ['answers an error', { status: 503, headers: {}, body: 'secret' }, 'shadow next answered HTTP 503'],
  ['hangs up', 'hang up', 'socket hang up'],
])('a shadow at a URL that %s changes no answer, and is in the log', async (_what, answer, why) => {
  const lines = captureLog();
  const { served } = await serveUrl(answer);
  const { status, body } = await served.send(prediction(MESSAGE));
  expect([status, JSON.parse(String(body)).strData]).toEqual([200, 'answer']);
  await vi.waitFor(() =>
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'a shadow did not get its copy',
        predictor: 'next',
        why: expect.stringContaining(why),
      }),
    ),
  );
  expect(JSON.stringify(lines())).not.toContain('secret');
});

test.each([
  ['no JSON', '{next', 'SELDON_SHADOWS is not a JSON object'],
  ['no target', '{"next":"ftp://x"}', 'a shadow did not get its copy'],
  ['the function of the graph itself', '{"next":"lambda:me"}', 'a shadow did not get its copy'],
  [
    'the ARN of the function of the graph itself',
    '{"next":"arn:aws:lambda:eu-west-1:123456789012:function:me:live"}',
    'a shadow did not get its copy',
  ],
])('a SELDON_SHADOWS that is %s is in the log, and changes no answer', async (_what, text, message) => {
  const lines = captureLog();
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_LAMBDA_FUNCTION_NAME: 'me',
    SELDON_LOG_LEVEL: 'WARNING',
    SELDON_SHADOWS: text,
  };
  const served = await serveGraph(await shadowed(0), { m: unitOf(Model) }, environment);
  expect((await served.send(prediction(MESSAGE))).status).toBe(200);
  const line = expect.objectContaining({ level: 'warn', message: expect.stringContaining(message) });
  await vi.waitFor(() => expect(lines()).toContainEqual(line));
});
