import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import schedule from '../fixtures/events/schedule.json' with { type: 'json' };
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy, functionOfPath } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
/** The time of a call. */
const TIME_MS = 30_000;
const LATE = {
  status: 1,
  code: -1,
  reason: 'MICROSERVICE_TIMEOUT',
  info: 'the model could not be loaded in time',
};
const late = { status: 504, message: { status: LATE } };
const servedBy = (number: number) => ({
  status: 200,
  message: { jsonData: { X: 'x', number }, meta: {} },
});

/** An attempt at a stage that is held. */
interface Attempt {
  end(): void;
  fail(error: Error): void;
}

/** The attempts that the test holds, in order. */
let held: Attempt[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  captureLog();
  held = [];
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Deploys a model whose first `count` attempts at a stage are held. */
function start(stage: string, count: number, environment: Record<string, string> = {}): Deployment {
  vi.stubGlobal('hold', (at: string) =>
    at !== stage || held.length >= count
      ? Promise.resolve()
      : new Promise<void>((end, fail) => held.push({ end, fail })),
  );
  return deploy({ MODEL_DIR, MODEL_NAME: 'Held', ...environment });
}

async function call({ invoke }: Deployment, path: string) {
  const isCall = ['/predict', '/transform-input'].includes(path);
  const body = isCall ? { method: 'POST', body: '{"strData":"x"}' } : { method: 'GET' };
  const result = await invoke(functionOfPath.get(path) as string, apiGatewayV2({ path, ...body }), context());
  const { status, body: text } = readResult(result);
  return { status, message: JSON.parse(text as string) };
}

function context() {
  return lambdaContext({ getRemainingTimeInMillis: () => TIME_MS });
}

/** Waits until so many attempts are held. */
async function attempts(count: number): Promise<void> {
  while (held.length < count) {
    await new Promise(setImmediate);
  }
}

/** The result of a promise, while fake time passes. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  promise.then(settled, settled);
  while (!isSettled) {
    await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(TIME_MS / 10);
  }
  return promise;
}

describe.each(['import', 'load'])('a model whose %s hangs', (stage) => {
  test('takes no call past its own time, whatever it is', async () => {
    const functions = start(stage, Number.POSITIVE_INFINITY);
    await functions.load('predict', 'transform-input', 'metadata', 'health', 'openapi');
    /** Each comes when the time of the one before it is over, and so begins the next attempt. */
    const next = async <T>(answer: Promise<T>) => {
      await attempts(held.length + 1);
      return inTime(answer);
    };
    expect(await next(call(functions, '/predict'))).toEqual(late);
    const together = [call(functions, '/predict'), call(functions, '/transform-input')];
    expect(await next(Promise.all(together))).toEqual([late, late]);
    expect(await next(call(functions, '/health/status'))).toEqual({ ...late, status: 503 });
    expect((await next(call(functions, '/metadata'))).status).toBe(504);
    const { status, message } = await next(call(functions, '/seldon.json'));
    expect([status, message.info['x-unavailable']]).toEqual([200, LATE.info]);
    for (const event of [{ strData: 'x' }, schedule]) {
      await expect(next(functions.invoke('predict', event, context()))).rejects.toMatchObject({
        name: LATE.reason,
        message: LATE.info,
      });
    }
  });

  test('is loaded anew by the next call, which it serves', async () => {
    const functions = start(stage, 1);
    const first = call(functions, '/predict');
    await attempts(1);
    expect(await inTime(first)).toEqual(late);
    // A module that was evaluated is not evaluated again.
    const number = stage === 'import' ? 1 : 2;
    expect(await call(functions, '/predict')).toEqual(servedBy(number));
    expect(await call(functions, '/predict')).toEqual(servedBy(number));
  });
});

describe('a model that loads slowly', () => {
  test('is loaded once when it is ready before the next call comes', async () => {
    const functions = start('load', 2);
    const first = call(functions, '/predict');
    await attempts(1);
    expect(await inTime(first)).toEqual(late);
    held[0]?.end();
    await new Promise(setImmediate);
    expect(await call(functions, '/predict')).toEqual(servedBy(1));
    expect(held).toHaveLength(1);
  });

  test('serves with the first of two attempts that ends, now and later', async () => {
    const functions = start('load', 2);
    const first = call(functions, '/predict');
    await attempts(1);
    expect(await inTime(first)).toEqual(late);
    const second = call(functions, '/predict');
    await attempts(2);
    held[0]?.end();
    expect(await second).toEqual(servedBy(1));
    held[1]?.end();
    expect(await call(functions, '/predict')).toEqual(servedBy(1));
  });

  test('is answered the error of a later attempt at once, and tried again', async () => {
    const functions = start('load', 2);
    const first = call(functions, '/predict');
    await attempts(1);
    expect(await inTime(first)).toEqual(late);
    const second = call(functions, '/predict');
    await attempts(2);
    held[1]?.fail(new Error('no memory'));
    expect(await second).toMatchObject({ status: 500, message: { status: { info: 'no memory' } } });
    expect(await call(functions, '/predict')).toEqual(servedBy(3));
  });
});

test.each([
  ['MODEL_PRELOAD', 'true', 10_000],
  ['AWS_LAMBDA_INITIALIZATION_TYPE', 'provisioned-concurrency', 130_000],
])(
  '%s=%s: a function starts before Lambda gives up, and its first call waits on',
  async (name, value, initMs) => {
    const functions = start('load', 2, { [name]: value });
    const started = functions.load('predict');
    await attempts(1);
    await vi.advanceTimersByTimeAsync(initMs - 500);
    await started;
    const first = call(functions, '/predict');
    held[0]?.end();
    expect(await first).toEqual(servedBy(1));
    expect(held).toHaveLength(1);
  },
);
