import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFamilies } from '../support/conformance/families.ts';
import type { TestRequest } from '../support/events.ts';
import { type Fleet, packageTask, type Task } from '../support/state-processes.ts';

const PREDICT: TestRequest = {
  method: 'POST',
  path: '/predict',
  body: '{"jsonData":[{"type":"COUNTER","key":"rows","value":2},{"type":"TIMER","key":"took","value":3}]}',
};
const FEEDBACK: TestRequest = { method: 'POST', path: '/send-feedback', body: '{"reward":0.5}' };
const NEVER_MS = '86400000';

let task: Task;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  task = await packageTask(
    'Measured',
    fileURLToPath(new URL('../models/metrics/Measured.ts', import.meta.url)),
  );
}, 60_000);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-metrics-'));
  environment = { METRICS_URL: pathToFileURL(folder).href, METRICS_FLUSH_MS: '0' };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

afterAll(() => task.close());

describe('the packaged zip in 4 processes, of which two are killed', () => {
  test('has counted 1,000 predictions and 200 feedbacks, and a second scrape is not lower', async () => {
    const predict = await task.start('predict', environment, 2);
    const feedback = await task.start('send-feedback', environment, 2);
    await sendAll(predict, PREDICT, 500);
    await sendAll(feedback, FEEDBACK, 100);
    // All calls are answered, so their metrics are stored.
    await predict.kill(0);
    await feedback.kill(0);
    const first = await scrape();
    expect(countsOf(first)).toEqual({ predictions: 500, rows: 1000, timed: 500, feedbacks: 100, reward: 50 });

    await sendAll(predict, PREDICT, 500);
    await sendAll(feedback, FEEDBACK, 100);
    const second = await scrape();
    expect(countsOf(second)).toEqual({
      predictions: 1000,
      rows: 2000,
      timed: 1000,
      feedbacks: 200,
      reward: 100,
    });
    for (const [name, { samples }] of Object.entries(first)) {
      for (const [key, value] of Object.entries(samples)) {
        expect(second[name]?.samples[key], key).toBeGreaterThanOrEqual(value);
      }
    }
    expect(await scrape()).toEqual(second);

    const lines = emfOf([predict, feedback]);
    expect(lines).toHaveLength(1200);
    const sum = (name: string) => lines.reduce((total, line) => total + Number(line[name] ?? 0), 0);
    expect(sum('requests')).toBe(1200);
    expect(sum('errors')).toBe(0);
    expect(sum('rows')).toBe(2000);
    expect(sum('seldon_api_model_feedback')).toBe(200);
  });

  test('loses what a killed process had not written yet, and nothing else', async () => {
    const rare = { ...environment, METRICS_FLUSH_MS: NEVER_MS };
    const predict = await task.start('predict', rare, 4);
    // The first call of each is written at once, the others wait.
    await sendAll(predict, PREDICT, 4 * 11);
    expect(countsOf(await scrape())).toMatchObject({ predictions: 4, rows: 8 });
    await predict.kill(1);
    await predict.kill(2);
    // Their successors' first calls; the other two go on waiting.
    await sendAll(predict, PREDICT, 4);
    expect(countsOf(await scrape())).toMatchObject({ predictions: 6, rows: 12 });
  });
});

test('each of several lines has the tags of its own metrics, so that all take as long as their number', async () => {
  const metrics = Array.from({ length: 250 }, (_, index) => ({
    ...{ type: 'GAUGE', key: `m${index}`, value: index },
    tags: { place: `p${index}` },
  }));
  const predict = await task.start('predict', environment, 1);
  await sendAll(predict, { ...PREDICT, body: JSON.stringify({ jsonData: metrics }) }, 1);
  await predict.close();
  const lines = emfOf([predict]);
  // Three metrics of our own are in the first one.
  expect(lines.map(({ tags }) => Object.keys(tags as object).length)).toEqual([97, 100, 53]);
  for (const { tags, ...line } of lines) {
    for (const [key, own] of Object.entries(tags as object)) {
      expect([own, line[key]]).toEqual([{ place: key.replace('m', 'p') }, Number(key.slice(1))]);
    }
  }
});

async function sendAll(fleet: Fleet, request: TestRequest, count: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => fleet.send(request, index)));
  expect(answers.filter((answer) => answer?.status !== 200)).toEqual([]);
}

/** The metrics that a function shows which has never been called. */
async function scrape() {
  const fleet = await task.start('metrics', environment, 1);
  const answer = await fleet.send({ method: 'GET', path: '/metrics' }, 0);
  await fleet.close();
  expect(answer).toMatchObject({ status: 200 });
  return readFamilies(answer?.body as string);
}

function countsOf(families: Awaited<ReturnType<typeof scrape>>) {
  const total = (family: string, name: string, method: string) =>
    Object.entries(families[family]?.samples ?? {})
      .filter(([key]) => key.startsWith(`${name} `) && key.includes(`["method","${method}"]`))
      .reduce((sum, [, value]) => sum + value, 0);
  const requests = 'seldon_lambda_requests_seconds';
  return {
    predictions: total(requests, `${requests}_count`, 'predict'),
    rows: total('rows_total', 'rows_total', 'predict'),
    timed: total('took', 'took_count', 'predict'),
    feedbacks: total(requests, `${requests}_count`, 'feedback'),
    reward: total(
      'seldon_api_model_feedback_reward_total',
      'seldon_api_model_feedback_reward_total',
      'feedback',
    ),
  };
}

/** The lines of metrics in what was written; every one valid, and each of their metrics there. */
function emfOf(fleets: readonly Fleet[]): Record<string, unknown>[] {
  const lines = fleets
    .flatMap((fleet) => fleet.output().split('\n'))
    .filter((line) => line.includes('"_aws"'))
    .map((line) => JSON.parse(line));
  const validate = new Ajv2020().compile(EMF);
  for (const line of lines) {
    expect(validate(line), `${JSON.stringify(validate.errors)} ${JSON.stringify(line)}`).toBe(true);
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics;
    for (const name of Dimensions[0]) {
      expect(line[name]).toMatch(/./);
    }
    for (const { Name } of Metrics) {
      expect([line[Name]].flat().every(Number.isFinite), Name).toBe(true);
    }
  }
  return lines;
}

/** The schema in AWS' specification of the format. */
const EMF = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { const: 'Seldon' },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 30 },
              },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 1024 },
                    Unit: { enum: ['Count', 'None', 'Milliseconds'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
