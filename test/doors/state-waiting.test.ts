import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';

/** Ends the call of `sendFeedback` with this reward. */
let release: Map<number, () => void>;
/** Resolves when a call of `sendFeedback` is at work. */
let begun: Promise<void>;

beforeEach(() => {
  release = new Map();
  begun = new Promise((begin) => {
    vi.stubGlobal('hang', (reward: number) => {
      begin();
      return new Promise<void>((end) => release.set(reward, end));
    });
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function start(): Promise<Deployment> {
  const functions = deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Hanging',
    STATE_URL: 'memory:',
    METRICS_URL: '',
  });
  await functions.load('route', 'send-feedback');
  return functions;
}

async function call(functions: Deployment, path: '/route' | '/send-feedback', reward = 1, leftMs = 30_000) {
  const body = path === '/route' ? '{"strData":"x"}' : JSON.stringify({ reward });
  const context = lambdaContext({ getRemainingTimeInMillis: () => leftMs });
  const event = apiGatewayV2({ method: 'POST', path, body });
  const { status, headers, body: text } = readResult(await functions.invoke(path.slice(1), event, context));
  return { status, headers, message: JSON.parse(text as string) };
}

test('a call that hangs does not take later calls of the instance past their own time', async () => {
  const functions = await start();
  const hung = call(functions, '/send-feedback', 1);
  await begun;
  const later = [
    await call(functions, '/send-feedback', 2, 40),
    // Its copy of the state is at work, so a reader has to wait, too.
    await call(functions, '/route', 0, 40),
    await call(functions, '/send-feedback', 3, 0),
  ];
  for (const { status, headers, message } of later) {
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1' });
    expect(message.status.reason).toBe('MICROSERVICE_STATE_UNAVAILABLE');
    expect(message.status.info).toContain('an earlier call of this instance has not ended');
  }
  release.get(1)?.();
  expect((await hung).status).toBe(200);
  // Calls that were answered 503 have done nothing, then or later.
  expect((await call(functions, '/route')).message.data.tensor.values).toEqual([1]);
  expect([...release.keys()]).toEqual([1]);
});

test('calls that have time wait for their turn, in order', async () => {
  const functions = await start();
  const first = call(functions, '/send-feedback', 1);
  await begun;
  const others = [call(functions, '/send-feedback', 2), call(functions, '/send-feedback', 3)];
  const impatient = call(functions, '/send-feedback', 4, 40);
  expect((await impatient).status).toBe(503);
  for (const reward of [1, 2, 3]) {
    await vi.waitUntil(() => release.has(reward));
    release.get(reward)?.();
  }
  const answers = await Promise.all([first, ...others]);
  expect(answers.map(({ message }) => message.data.tensor.values)).toEqual([[1], [2], [3]]);
});
