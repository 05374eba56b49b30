import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
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
