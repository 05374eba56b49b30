import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../support/functions.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));

afterEach(() => {
  vi.unstubAllEnvs();
});

async function ask({ send }: Deployment, method: string, path: string, headers = {}) {
  const body = method === 'POST' ? '{"strData":"x"}' : undefined;
  const json = { 'content-type': 'application/json', ...headers };
  const answer = await send({ method, path, headers: json, ...(body === undefined ? {} : { body }) });
  return { ...answer, message: JSON.parse(answer.body as string) };
}

test('an error of load() reaches the caller whole: status, reason and headers', async () => {
  const functions = deploy({ MODEL_DIR, MODEL_NAME: 'Busy' });
  for (const [method, path] of [
    ['POST', '/predict'],
    ['GET', '/health/status'],
    ['GET', '/metadata'],
  ] as const) {
    const { status, headers, message } = await ask(functions, method, path);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '7' });
    expect(message.status).toMatchObject({ reason: 'BUSY', info: 'come back later' });
  }
});

test('an error of a method reaches the caller whole, with a body of its own', async () => {
  const functions = deploy({ MODEL_DIR, MODEL_NAME: 'Busy.Unwell' });
  const health = await ask(functions, 'GET', '/health/status');
  expect(health).toMatchObject({ status: 503, headers: { 'retry-after': '7' }, message: { own: 'words' } });
  const predicted = await ask(functions, 'POST', '/predict');
  expect(predicted).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
});

test('a load() that fails is tried again in the same module', async () => {
  Reflect.deleteProperty(globalThis, 'evaluations');
  const functions = deploy({ MODEL_DIR, MODEL_NAME: 'Slow' });
  const statuses: number[] = [];
  for (let call = 0; call < 4; call++) {
    statuses.push((await ask(functions, 'POST', '/predict')).status);
  }
  expect(statuses).toEqual([500, 500, 200, 200]);
  expect(Reflect.get(globalThis, 'evaluations')).toBe(1);
});

describe('an error with a body of its own', () => {
  /** Serves a model that throws such an error for `strData: "x"`. */
  async function deployFailing(options: object): Promise<Deployment> {
    const functions = deploy({ MODEL_DIR, MODEL_NAME: 'Returns' });
    const { SeldonError } = await import('seldon-lambda');
    const fail = () => {
      throw new SeldonError('ODD', 'odd', options);
    };
    vi.stubGlobal('returns', new Map([['x', fail]]));
    return functions;
  }

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('that is null has none', async () => {
    const functions = await deployFailing({ body: null });
    const { status, message } = await ask(functions, 'POST', '/predict');
    expect(status).toBe(400);
    expect(message.status).toMatchObject({ reason: 'ODD', info: 'odd' });
    await expect(functions.invoke('predict', { strData: 'x' })).rejects.toMatchObject({
      name: 'ODD',
      message: 'odd',
    });
  });

  test('that JSON cannot carry keeps its headers', async () => {
    const options = { status: 503, body: new Map(), headers: { 'retry-after': '7' } };
    const { status, headers, message } = await ask(await deployFailing(options), 'POST', '/predict');
    expect([status, headers['retry-after']]).toEqual([503, '7']);
    expect(message.status.info).toMatch(/^the error cannot be answered: /);
  });
});

test('a variable that cannot be read leaves the others as they are: CORS does not open', async () => {
  const functions = deploy({
    MODEL_NAME: 'Identity',
    CORS_ALLOWED_ORIGINS: 'https://a.example',
    METRICS_FLUSH_MS: 'abc',
  });
  const foreign = await ask(functions, 'POST', '/predict', { origin: 'https://b.example' });
  expect(foreign.status).toBe(500);
  expect(foreign.message.status.info).toMatch(/^environment variable METRICS_FLUSH_MS is "abc"; expected /);
  expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  const own = await ask(functions, 'POST', '/predict', { origin: 'https://a.example' });
  expect(own.headers).toMatchObject({ 'access-control-allow-origin': 'https://a.example' });
});
