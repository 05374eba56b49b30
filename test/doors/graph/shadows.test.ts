import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { openInvokeApi, type ServiceAnswer } from '../../support/graph/invoke-api.ts';
import { closeNodes } from '../../support/graph/nodes.ts';
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

async function serve(traffic: number, service?: () => ServiceAnswer | Promise<never>) {
  const api = await openInvokeApi(() => async () => ({ status: 200, headers: {}, body: '' }), service);
  const main = await graphPlan({ name: 'm', type: 'MODEL' }, { name: 'main' });
  const shadow = await graphPlan({ name: 'm', type: 'MODEL' }, { name: 'next', traffic, isShadow: true });
  const plan = { deployment: 'dep', predictors: [...main.predictors, ...shadow.predictors] };
  const environment = {
    ...api.environment,
    SELDON_LOG_LEVEL: 'WARNING',
    SELDON_SHADOWS: '{"next":"lambda:dep-graph-next:live"}',
  };
  const served = await serveGraph(plan, { m: unitOf(Model) }, environment);
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
