import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endsBefore } from '../support/ends-before.ts';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../support/stores/aws-settings.ts';
import { openS3Server, type S3Server } from '../support/stores/s3-server.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/state', import.meta.url));
const READ = 'GET states/persistence_0_0_0';

let server: S3Server;
/** The gate that Gated.load() waits at, and how often it was called. */
let loading: { count: number; whenDone: Promise<void>; end(error?: Error): void };

beforeEach(async () => {
  server = await openS3Server();
  captureLog();
  closeGate();
  vi.stubGlobal('gate', () => {
    loading.count++;
    return loading.whenDone;
  });
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await server.close();
});

function closeGate(): void {
  let end: (error?: Error) => void = () => {};
  const whenDone = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  loading = { count: 0, whenDone, end };
}

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Deployment> {
  const functions = deploy({
    AWS_REGION: AWS_SETTINGS.region as string,
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: server.url,
    STATE_URL: 's3://states',
    METRICS_URL: '',
    MODEL_DIR,
    MODEL_NAME: 'Gated',
    ...environment,
  });
  await functions.load('predict', 'send-feedback');
  return functions;
}

async function call(functions: Deployment, path: '/predict' | '/send-feedback', leftMs = 30_000) {
  const body = path === '/predict' ? '{"strData":"x"}' : '{"reward":1}';
  const event = apiGatewayV2({ method: 'POST', path, body });
  const context = lambdaContext({ getRemainingTimeInMillis: () => leftMs });
  const { status, body: text } = readResult(await functions.invoke(path.slice(1), event, context));
  return { status, values: JSON.parse(text as string).data?.tensor?.values };
}

/** One feedback, by an instance of its own that loads at once; how often the state was read until then. */
async function teach(): Promise<number> {
  const before = loading;
  closeGate();
  loading.end();
  expect((await call(await start(), '/send-feedback')).status).toBe(200);
  loading = before;
  return server.requests.splice(0).filter((request) => request === READ).length;
}

/** Until the store has been asked. */
async function whenRead(): Promise<void> {
  await vi.waitFor(() => expect(server.requests).toEqual([READ]), { timeout: 10_000, interval: 5 });
}

describe('a state', () => {
  test('is read while its model loads, and not again for the call that waits', async () => {
    await teach();
    const answer = call(await start(), '/predict');
    await whenRead();
    loading.end();
    expect(await answer).toEqual({ status: 200, values: [1, 1] });
    expect(server.requests).toEqual([READ]);
  });

  test('that was read early is read again when that is longer ago than STATE_MAX_AGE_MS', async () => {
    const answer = call(await start(), '/predict');
    await whenRead();
    await teach();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    loading.end();
    expect(await answer).toEqual({ status: 200, values: [1, 1] });
  });

  test('that another wrote since it was read early is what feedback comes on top of', async () => {
    const answer = call(await start({ STATE_MAX_AGE_MS: '3600000' }), '/send-feedback');
    await whenRead();
    await teach();
    loading.end();
    expect(await answer).toEqual({ status: 200, values: [2] });
  });

  test('is not read before the model is ready with STATE_MAX_AGE_MS=0: a call sees what was stored until it came', async () => {
    const answer = call(await start({ STATE_MAX_AGE_MS: '0' }), '/predict');
    await vi.waitFor(() => expect(loading.count).toBe(1));
    // By the other one.
    expect(await teach()).toBe(1);
    loading.end();
    expect(await answer).toEqual({ status: 200, values: [1, 1] });
    expect(server.requests).toEqual([READ]);
  });

  test('that a model does not have is not read', async () => {
    expect(await call(await start({ MODEL_NAME: 'Stateless' }), '/predict')).toMatchObject({ status: 200 });
    // By the other one.
    expect(await teach()).toBe(1);
  });
});

describe('an early read', () => {
  test.each([
    ['is refused', { status: 500, code: 'InternalError' }],
    ['finds nobody who answers', 'lost request'],
  ] as const)('that %s is no failure: the call reads', async (_what, trouble) => {
    await teach();
    let times = 0;
    server.trouble = () => (times++ === 0 ? trouble : undefined);
    const answer = call(await start(), '/predict');
    await whenRead();
    loading.end();
    expect(await answer).toEqual({ status: 200, values: [1, 1] });
    expect(server.requests).toEqual([READ, READ]);
  });

  test('that nobody answers does not make a call wait longer than its function runs', async () => {
    server.trouble = () => 'no reply';
    loading.end();
    const functions = await start();
    const { status } = await endsBefore(4000, () => call(functions, '/predict', 400));
    expect(status).toBe(503);
  });

  test('is begun anew with the model when load() failed', async () => {
    await teach();
    const functions = await start();
    const failing = call(functions, '/predict');
    await whenRead();
    loading.end(new Error('no load today'));
    expect((await failing).status).toBe(500);
    closeGate();
    loading.end();
    expect(await call(functions, '/predict')).toEqual({ status: 200, values: [1, 1] });
    expect(server.requests).toEqual([READ, READ]);
  });

  test('that fails while load() fails too is nobody’s', async () => {
    server.trouble = () => 'lost request';
    const functions = await start();
    const failing = call(functions, '/predict');
    await whenRead();
    loading.end(new Error('no load today'));
    expect((await failing).status).toBe(500);
  });
});
