import { afterEach, expect, test, vi } from 'vitest';
import schedule from '../fixtures/events/schedule.json' with { type: 'json' };
import { apiGatewayV2, readResult } from '../support/events.ts';
import { deploy, functionOfPath } from '../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const body = '{"data":{"ndarray":[[1]]}}';

test('one function answers the paths of all, each as its own function does', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  for (const [path, owner] of functionOfPath) {
    for (const method of ['GET', 'PATCH', 'OPTIONS']) {
      const event = apiGatewayV2({ method, path: path === '*' ? '/nowhere' : path });
      const [mine, theirs] = [readResult(await invoke('all', event)), readResult(await invoke(owner, event))];
      expect([path, method, mine.status]).toEqual([path, method, theirs.status]);
    }
  }
});

test('its endpoints share one model', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  const call = async (method: string, path: string) =>
    readResult(await invoke('all', apiGatewayV2({ method, path, ...(method === 'POST' ? { body } : {}) })));
  expect((await call('GET', '/health/status')).status).toBe(200);
  expect((await call('GET', '/health/ping')).body).toBe('pong');
  // Loads, predictions, constructions.
  expect(JSON.parse((await call('POST', '/predict')).body as string).data.ndarray).toEqual([[1, 1, 1]]);
  expect((await call('GET', '/metrics')).body).toContain('seldon_lambda_requests_seconds_count');
});

test('a direct invocation is a prediction, a schedule loads the model, and what cannot be read is an answer', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  expect(await invoke('all', schedule)).toBeNull();
  expect(await invoke('all', JSON.parse(body))).toMatchObject({ data: { ndarray: [[1, 1, 1]] } });
  const broken = { ...(apiGatewayV2({ method: 'POST', path: '/predict', body }) as object), body: 5 };
  expect(readResult(await invoke('all', broken)).status).toBe(
    readResult(await invoke('predict', broken)).status,
  );
});

test('the second path of /metrics is that of the configuration', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter', PREDICTIVE_UNIT_METRICS_ENDPOINT: '/mine' });
  const get = async (path: string) =>
    readResult(await invoke('all', apiGatewayV2({ method: 'GET', path }))).status;
  expect([await get('/mine'), await get('/prometheus')]).toEqual([200, 404]);
});

test.each([
  ['POST', '/v2/models/LoadCounter/predict'],
  ['POST', '/v2/models/LoadCounter/send-feedback'],
  ['GET', '/v2/models/LoadCounter/metadata'],
  ['GET', '/v2/models/LoadCounter/health/status'],
  ['GET', '/v2/nothing/prometheus'],
  ['GET', '/v2/models/LoadCounter/seldon.json'],
  ['POST', '/v1/models/LoadCounter/predict'],
])('%s %s is a path of no protocol', async (method, path) => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  const answer = readResult(await invoke('all', apiGatewayV2({ method, path, body })));
  expect([answer.status, JSON.parse(answer.body as string)]).toEqual([
    404,
    { error: `${path} does not exist`, reason: 'MICROSERVICE_NOT_FOUND' },
  ]);
});

test.each(['/v2/predict', '/v2/api/v1.0/predictions', '/prod/v2/predict', '/iris/predict'])(
  '%s is a prediction below a base path',
  async (path) => {
    const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
    expect(readResult(await invoke('all', apiGatewayV2({ method: 'POST', path, body }))).status).toBe(200);
  },
);
