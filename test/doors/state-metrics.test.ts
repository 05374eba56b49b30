import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import {
  addBatch,
  type Batch,
  emptyDocument,
  isForgotten,
} from '../../src/runtime/telemetry/metrics/document.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_SETTINGS } from '../support/stores/aws-settings.ts';
import { callDynamodb } from '../support/stores/dynamodb-servers.ts';
import { openProxy, type StoreProxy } from '../support/stores/proxy.ts';
import { STORES, toEnvironment } from '../support/stores/running-stores.ts';
import { openS3Server } from '../support/stores/s3-server.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/state', import.meta.url));

const closes: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const close of closes.splice(0)) {
    await close();
  }
});

/** An instance that keeps its metrics in a store and writes them at every call; it has been called once. */
async function start(environment: Readonly<Record<string, string>>): Promise<Deployment> {
  const functions = deploy({ MODEL_DIR, MODEL_NAME: 'Counter', METRICS_FLUSH_MS: '0', ...environment });
  await functions.load('predict', 'metrics');
  await predict(functions);
  await functions.send({ method: 'GET', path: '/metrics' });
  return functions;
}

/** One whose metrics are in S3, over a network that can be bad. */
async function startBehindProxy(): Promise<{ functions: Deployment; proxy: StoreProxy }> {
  const store = await STORES.S3();
  const proxy = await openProxy(store.address as string);
  closes.push(() => proxy.close(), store.close);
  const { STATE_URL: METRICS_URL = '', ...environment } = store.environment(proxy.address);
  return { functions: await start({ ...environment, METRICS_URL }), proxy };
}

async function predict(functions: Deployment, ndarray: unknown[] = [], leftMs = 30_000): Promise<void> {
  const event = apiGatewayV2({
    method: 'POST',
    path: '/predict',
    body: JSON.stringify({ data: { ndarray } }),
  });
  const context = lambdaContext({ getRemainingTimeInMillis: () => leftMs });
  expect(readResult(await functions.invoke('predict', event, context)).status).toBe(200);
}

/** The value of a sample whose name and labels match. */
async function sample(functions: Deployment, pattern: RegExp): Promise<number> {
  // As Prometheus does: a thousand histograms are more than the 6 MB that a function can answer.
  const headers = { 'accept-encoding': 'gzip' };
  const { status, body } = await functions.send({ method: 'GET', path: '/metrics', headers });
  expect(status).toBe(200);
  const text = typeof body === 'string' ? body : gunzipSync(body).toString();
  const line = text.split('\n').find((each) => pattern.test(each));
  return Number(line?.split(' ').at(-1));
}

const CALLS = /^seldon_lambda_requests_seconds_count\{.*method="predict"/;

test('calls that come at once share their writes of the metrics', async () => {
  const server = await openS3Server();
  closes.push(() => server.close());
  const place = { url: 's3://states/prefix', settings: { ...AWS_SETTINGS, s3Endpoint: server.url } };
  const { STATE_URL: METRICS_URL = '', ...environment } = toEnvironment(place);
  const functions = await start({ ...environment, METRICS_URL });
  await Promise.all(Array.from({ length: 20 }, () => predict(functions)));
  expect(await sample(functions, CALLS)).toBe(21);
  // The first call, the first of the twenty, all others.
  const writes = server.requests.filter((request) => request.startsWith('PUT '));
  expect(writes.length).toBeLessThanOrEqual(4);
});

test('the states and the metrics of an instance go over one connection', async () => {
  const store = await STORES.DynamoDB();
  const proxy = await openProxy(store.address as string);
  closes.push(() => proxy.close(), store.close);
  const functions = await start(store.environment(proxy.address));
  const body = '{"reward":1}';
  expect((await functions.send({ method: 'POST', path: '/send-feedback', body })).status).toBe(200);
  expect(await sample(functions, CALLS)).toBe(1);
  expect(proxy.accepted).toBe(1);
});

test('a store of metrics that fails is asked ever more seldom, and has everything when it is back', async () => {
  const { functions, proxy } = await startBehindProxy();
  const lines = captureLog();
  proxy.state = 'down';
  vi.useFakeTimers({ toFake: ['Date'] });
  for (let second = 0; second < 600; second++) {
    vi.setSystemTime(Date.now() + 1000);
    await predict(functions, [], 20);
  }
  const failures = lines().filter(({ message }) => message.startsWith('the metrics could not be stored'));
  expect(failures.length).toBeGreaterThan(5);
  expect(failures.length).toBeLessThan(40);
  proxy.state = 'up';
  vi.setSystemTime(Date.now() + 60_000);
  await predict(functions);
  expect(await sample(functions, CALLS)).toBe(602);
});

test('a batch of metrics whose reply was lost counts once', async () => {
  const { functions, proxy } = await startBehindProxy();
  proxy.forget('replies');
  // It is stored, but that is not known when the call is answered.
  await predict(functions, [], 400);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  await predict(functions);
  expect(await sample(functions, CALLS)).toBe(3);
});

test('metrics in DynamoDB begin no more series than have room to grow, and those that there are count on', async () => {
  const store = await STORES.DynamoDB();
  closes.push(store.close);
  const { STATE_URL: METRICS_URL = '', ...environment } = store.environment();
  const functions = await start({ ...environment, METRICS_URL, MODEL_NAME: 'Flood' });
  for (const from of [0, 900, 1800, 0]) {
    await predict(functions, [from, from + 900]);
  }
  const server = { url: `http://${store.address}`, close: async () => {} };
  const Key = { key: { S: 'metrics_0_0_0' } };
  const { Item } = await callDynamodb(server, 'GetItem', { TableName: 'states', Key });
  const { B = '' } = (Item as { value: { B?: string } }).value;
  const size = Buffer.byteLength(B, 'base64');
  expect(size).toBeGreaterThan(100_000);
  expect(size).toBeLessThan(220_000);
  expect(await sample(functions, CALLS)).toBe(5);
  expect(await sample(functions, /^flood_count\{.*tag="1"/)).toBe(2);
  expect(await sample(functions, /^seldon_lambda_dropped_total/)).toBeGreaterThan(1000);
});

test('a batch is known while less than a thousand other instances came after it, and then no more', () => {
  const document = emptyDocument();
  const batch = (instance: string): Batch => ({ instance, sequence: 1, series: [], dropped: 1 });
  addBatch(document, batch('first'), 10);
  for (let index = 0; index < 999; index++) {
    addBatch(document, batch(`${index}`), 10);
  }
  addBatch(document, batch('first'), 10);
  expect([document.dropped, isForgotten(document, batch('first'), 0)]).toEqual([1000, false]);
  addBatch(document, batch('last'), 10);
  expect(isForgotten(document, batch('first'), 0)).toBe(true);
  expect(isForgotten(document, batch('new'), document.batches)).toBe(false);
  expect(document.applied.size).toBe(1000);
});
