import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { protocols } from '../../src/runtime/protocols/index.ts';
import schedule from '../fixtures/events/schedule.json' with { type: 'json' };
import { functionUrl, readResult, type TestRequest } from '../support/events.ts';
import { type Deployment, functionOfPath } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { deployV2 } from '../support/open-inference.ts';

beforeEach(() => {
  captureLog();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const open = (name = 'Echo') => deployV2(name, { MODEL_METADATA: '{"name":"m","versions":["3"]}' });

const INPUT = { name: 'x', datatype: 'FP32', shape: [2], data: [1, 2.5] };

async function ask({ invoke }: Deployment, name: string, request: Partial<TestRequest> & { path: string }) {
  const event = functionUrl({ method: 'GET', headers: {}, ...request });
  const { status, headers, body } = readResult(await invoke(name, event));
  const text = Buffer.from(body).toString();
  return { status, allow: headers.allow, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

const infer = {
  method: 'POST',
  path: '/v2/models/m/infer',
  body: JSON.stringify({ id: 'q', inputs: [INPUT] }),
};

test('a function of its own answers the paths of the protocol as all functions do, and no other', async () => {
  const functions = open();
  const protocol = protocols.all.find(({ name }) => name === 'open-inference');
  const { docs: _docs, openapi: _openapi, ...paths } = protocol?.paths ?? {};
  const own = Object.values(paths).flatMap((routes) => Object.keys(routes));
  expect(own.length).toBeGreaterThan(10);
  for (const route of functionOfPath.keys()) {
    const path = route.replace('{model}', 'm').replace('{version}', '3').replace('*', '/nowhere');
    for (const method of ['GET', 'POST', 'PATCH', 'OPTIONS']) {
      const { status, allow } = await ask(functions, 'v2', { method, path });
      const expected = await ask(functions, own.includes(route) ? 'all' : 'not-found', { method, path });
      expect([method, path, status, allow]).toEqual([method, path, expected.status, expected.allow]);
    }
  }
});

test('a client with one base URL gets all it asks for', async () => {
  const functions = open();
  expect((await ask(functions, 'v2', { path: '/v2' })).json).toMatchObject({ name: 'seldon-lambda' });
  expect((await ask(functions, 'v2', { path: '/v2/health/live' })).json).toEqual({ live: true });
  expect((await ask(functions, 'v2', { path: '/v2/health/ready' })).json).toEqual({ ready: true });
  expect((await ask(functions, 'v2', { path: '/v2/models/m/ready' })).json).toEqual({
    name: 'm',
    ready: true,
  });
  expect((await ask(functions, 'v2', { path: '/v2/models/typo/ready' })).status).toBe(404);
  expect((await ask(functions, 'v2', { path: '/v2/models/m' })).json).toMatchObject({ versions: ['3'] });
  const index = await ask(functions, 'v2', { method: 'POST', path: '/v2/repository/index', body: '{}' });
  expect(JSON.parse(index.text)).toEqual([{ name: 'm', version: '3', state: 'READY', reason: '' }]);
  expect((await ask(functions, 'v2', infer)).json).toEqual({
    model_name: 'm',
    model_version: '3',
    id: 'q',
    outputs: [{ ...INPUT, name: 'output-0' }],
  });
  // Behind the base path of a domain, and with a slash at its end.
  expect((await ask(functions, 'v2', { ...infer, path: '/stage/v2/models/m/infer/' })).status).toBe(200);
});

test('its endpoints share one model', async () => {
  const functions = open('Counts');
  expect((await ask(functions, 'v2', { path: '/v2/models/m/ready' })).status).toBe(200);
  const counts = [await ask(functions, 'v2', infer), await ask(functions, 'v2', infer)];
  expect(counts.map(({ json }) => json.outputs[0].data[0])).toEqual([1, 2]);
});

test('the URL itself is no path; a direct invocation is a prediction, a schedule loads the model', async () => {
  const functions = open();
  for (const method of ['GET', 'POST']) {
    expect((await ask(functions, 'v2', { method, path: '/' })).status).toBe(404);
  }
  expect(await functions.invoke('v2', schedule)).toBeNull();
  expect(await functions.invoke('v2', { inputs: [INPUT] })).toMatchObject({ outputs: [{ data: [1, 2.5] }] });
  const broken = { ...(functionUrl({ method: 'POST', path: infer.path, headers: {} }) as object), body: 5 };
  expect(readResult(await functions.invoke('v2', broken)).status).toBe(400);
});
