import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import schedule from '../fixtures/events/schedule.json' with { type: 'json' };
import scheduler from '../fixtures/events/scheduler.json' with { type: 'json' };
import { deploy, functionOfPath } from '../support/functions.ts';
import { captureLog, type LogLine } from '../support/log-lines.ts';

const PREDICT = { method: 'POST', path: '/predict', body: '{"data":{"ndarray":[[1]]}}' };
const functions = [...new Set(functionOfPath.values())];

let lines: () => LogLine[];

beforeEach(() => {
  lines = captureLog();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('an event of EventBridge Scheduler, without an input of its own, loads the model too', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  expect(await invoke('predict', scheduler)).toBeNull();
  expect(lines()).toEqual([]);
  const message = { data: { ndarray: [[1]] }, source: 'aws.scheduler' };
  expect(await invoke('predict', message)).toMatchObject({ data: { ndarray: [[1, 1, 1]] } });
});

test.each(functions)('a scheduled event is answered by the function %s, without a call', async (name) => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  expect(await invoke(name, schedule)).toBeNull();
  expect(lines()).toEqual([]);
});

test('it loads the model once, and the next caller finds it ready', async () => {
  const { invoke, send } = deploy({ MODEL_NAME: 'LoadCounter' });
  await invoke('predict', schedule);
  await invoke('predict', schedule);
  const { body } = await send(PREDICT);
  // Loads, predictions, constructions.
  expect(JSON.parse(body as string).data.ndarray).toEqual([[1, 1, 1]]);
  expect(lines()).toMatchObject([{ method: 'predict', status: 200, coldStart: false }]);
});

test('it is no prediction: /metrics knows nothing of it', async () => {
  const { invoke, load, send } = deploy({ MODEL_NAME: 'LoadCounter' });
  await load('predict', 'metrics');
  await invoke('predict', schedule);
  expect((await send({ method: 'GET', path: '/metrics' })).body).toBe('');
  await send(PREDICT);
  expect((await send({ method: 'GET', path: '/metrics' })).body).toContain(
    'seldon_lambda_requests_seconds_count',
  );
});

test('a model that cannot be loaded is an error of the function, before a caller comes', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCrash' });
  await expect(invoke('predict', schedule)).rejects.toThrow(
    expect.objectContaining({ name: 'MICROSERVICE_INTERNAL_ERROR' }),
  );
  expect(lines().map(({ level, message }) => [level, message])).toEqual([
    ['error', 'the model could not be loaded'],
  ]);
});

test('a message that only looks like one is still a message', async () => {
  const { invoke } = deploy({ MODEL_NAME: 'LoadCounter' });
  const message = { data: { ndarray: [[1]] }, source: 'aws.events' };
  expect(await invoke('predict', message)).toMatchObject({ data: { ndarray: [[1, 1, 1]] } });
});
