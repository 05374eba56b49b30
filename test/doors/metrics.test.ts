import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Metric } from '../../src/runtime/model/message.ts';
import { readFamilies } from '../support/conformance/families.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { serveGraph } from '../support/graph/serve-graph.ts';
import { graphPlan, prediction, unitOf } from '../support/graph/simple-graph.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../support/stores/aws-settings.ts';
import { createTable, openDynalite } from '../support/stores/dynamodb-servers.ts';
import { openProxy } from '../support/stores/proxy.ts';

const START = new Date('2026-03-10T12:00:00Z');
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

class Doubler {
  predict = () => [[2]];
}

let folder: string;
let environment: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-metrics-'));
  environment = {
    MODEL_DIR: fileURLToPath(new URL('../models/metrics', import.meta.url)),
    MODEL_NAME: 'Measured',
    METRICS_URL: pathToFileURL(folder).href,
    METRICS_FLUSH_MS: '0',
    // An instance has its own copy of all code, so that what is imported lazily has to be there before the
    // next starts.
    MODEL_PRELOAD: 'true',
  };
  // The time passes when a test says so. Timers run.
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An instance of every function, which has imported all its code. */
async function start(overrides: Record<string, string> = {}): Promise<Deployment> {
  const functions = deploy({ ...environment, ...overrides });
  await functions.load('metrics', 'predict', 'send-feedback', 'transform-input');
  await functions.send({ method: 'GET', path: '/metrics' });
  return functions;
}

function measure(functions: Deployment, metrics: readonly Metric[], path = '/predict') {
  return functions.send({ method: 'POST', path, body: JSON.stringify({ jsonData: metrics }) });
}

async function scrape(functions: Deployment, path = '/metrics'): Promise<string> {
  const { status, body } = await functions.send({ method: 'GET', path });
  expect(status, body as string).toBe(200);
  return body as string;
}

/** The value of the only sample whose name and labels these are; its other labels do not matter. */
async function sampleOf(functions: Deployment, name: string, labels: Record<string, string> = {}) {
  const samples = Object.values(readFamilies(await scrape(functions))).flatMap(({ samples }) =>
    Object.entries(samples),
  );
  const found = samples.filter(([key]) => {
    const space = key.indexOf(' ');
    const given = Object.fromEntries(JSON.parse(key.slice(space)));
    return key.slice(0, space) === name && Object.entries(labels).every(([k, v]) => given[k] === v);
  });
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBeLessThan(2);
  return found[0]?.[1];
}

const add = (key: string, value: number, tags?: Record<string, string>): Metric => ({
  type: 'COUNTER',
  key,
  value,
  ...(tags && { tags }),
});

describe('/metrics', () => {
  test('adds up what all instances counted, and an instance that comes later shows it too', async () => {
    const [one, two] = [await start(), await start()];
    await measure(one, [add('rows', 2), { type: 'TIMER', key: 'took', value: 20 }]);
    await measure(two, [add('rows', 3), { type: 'TIMER', key: 'took', value: 40 }]);
    const later = await start();
    expect(await sampleOf(later, 'rows_total')).toBe(5);
    expect(await sampleOf(later, 'took_count')).toBe(2);
    expect(await sampleOf(later, 'took_sum')).toBeCloseTo(0.06);
    expect(await sampleOf(later, 'took_bucket', { le: '0.028967908792092944' })).toBe(1);
    expect(await sampleOf(later, 'took_bucket', { le: '+Inf' })).toBe(2);
    expect(await scrape(one)).toBe(await scrape(later));
  });

  test('shows the last value that a gauge was set to, whoever writes it last', async () => {
    const [early, late] = [await start({ METRICS_FLUSH_MS: '60000' }), await start()];
    await measure(early, []);
    await measure(early, [{ type: 'GAUGE', key: 'level', value: 1 }]);
    vi.setSystemTime(START.getTime() + 1000);
    await measure(late, [{ type: 'GAUGE', key: 'level', value: 2 }]);
    expect(await sampleOf(late, 'level')).toBe(2);
    vi.setSystemTime(START.getTime() + 60_000);
    await measure(early, []);
    expect(await sampleOf(early, 'level')).toBe(2);
  });

  test('counts calls by method and code, and those from outside as the orchestrator does', async () => {
    const functions = await start();
    const send = (path: string, body: string) => functions.send({ method: 'POST', path, body });
    await send('/predict', '{"jsonData":[]}');
    await send('/predict', '{');
    await send('/api/v1.0/predictions', '{"jsonData":[]}');
    await send('/api/v0.1/feedback', '{"reward":0.5}');
    await send('/api/v1.0/predictions', '{}');
    const count = (name: string, labels: Record<string, string>) =>
      sampleOf(functions, `${name}_count`, labels);
    expect(await count('seldon_lambda_requests_seconds', { method: 'predict', code: '200' })).toBe(2);
    expect(await count('seldon_lambda_requests_seconds', { method: 'predict', code: '400' })).toBe(2);
    expect(await count('seldon_lambda_requests_seconds', { method: 'feedback', code: '200' })).toBe(1);
    const server = 'seldon_api_executor_server_requests_seconds';
    expect(await count(server, { service: 'predictions', code: '200', method: 'post' })).toBe(1);
    expect(await count(server, { service: 'predictions', code: '400', method: 'post' })).toBe(1);
    expect(await count(server, { service: 'feedback', code: '200', method: 'post' })).toBe(1);
    const client = 'seldon_api_executor_client_requests_seconds';
    expect(await count(client, { service: '/predict', code: '200', method: 'post' })).toBe(1);
    expect(await count(client, { service: '/send-feedback', code: '200', method: 'post' })).toBe(1);
    expect(await sampleOf(functions, 'seldon_api_model_feedback_reward_total', { method: 'feedback' })).toBe(
      0.5,
    );
  });

  test('has every metric that the dashboard shows', async () => {
    const functions = await start({ METRICS_MAX_SERIES: '6', PAYLOAD_LOG_URL: 'nowhere' });
    await functions.send({ method: 'POST', path: '/api/v1.0/feedback', body: '{"reward":0.5}' });
    await measure(functions, [add('rows', 1)]);
    const text = readFileSync(new URL('../../.grafana/seldon-lambda.json', import.meta.url), 'utf8');
    const shown: string[] = text.match(/seldon_\w+/g) ?? [];
    expect(shown.length).toBeGreaterThan(10);
    const there: string[] = (await scrape(functions)).match(/^\w+/gm) ?? [];
    expect(shown.filter((name) => !there.includes(name))).toEqual([]);
  });

  test('is also at PREDICTIVE_UNIT_METRICS_ENDPOINT', async () => {
    expect(await scrape(await start(), '/prometheus')).toBe('');
    const moved = deploy({ ...environment, PREDICTIVE_UNIT_METRICS_ENDPOINT: '/custom/metrics' });
    const { apiGatewayV2, readResult } = await import('../support/events.ts');
    const event = apiGatewayV2({ method: 'GET', path: '/custom/metrics' });
    expect(readResult(await moved.invoke('metrics', event))).toMatchObject({ status: 200, body: '' });
  });

  test('has the metrics of METRICS_SOURCES, too: a graph, and models beside it', async () => {
    const plan = await graphPlan({ name: 'm', type: 'MODEL' }, { name: 'main' });
    const served = await serveGraph(plan, { m: unitOf(Doubler) }, environment);
    expect((await served.send(prediction({ data: { ndarray: [[1]] } }))).status).toBe(200);
    const other = await start({ PREDICTIVE_UNIT_ID: 'iris', PREDICTIVE_UNIT_IMAGE: 'iris:2.0' });
    await measure(other, [add('rows', 1)]);
    const METRICS_SOURCES = JSON.stringify([
      { SELDON_DEPLOYMENT_ID: 'dep', PREDICTOR_ID: 'main', PREDICTIVE_UNIT_ID: '' },
      { PREDICTIVE_UNIT_ID: 'iris', PREDICTIVE_UNIT_IMAGE: 'iris:2.0' },
    ]);
    const functions = await start({ PREDICTIVE_UNIT_ID: 'fraud', METRICS_SOURCES });
    await measure(functions, [add('rows', 2)]);
    expect(await sampleOf(functions, 'rows_total', { model_name: 'fraud' })).toBe(2);
    expect(await sampleOf(functions, 'rows_total', { model_name: 'iris', model_version: '2.0' })).toBe(1);
    const ofUnit = { deployment_name: 'dep', predictor_name: 'main', model_name: 'm', service: '/predict' };
    const client = 'seldon_api_executor_client_requests_seconds_count';
    expect(await sampleOf(functions, client, ofUnit)).toBe(1);
    const ofGraph = { deployment_name: 'dep', service: 'predictions' };
    expect(await sampleOf(functions, 'seldon_lambda_graph_seconds_count', ofGraph)).toBe(1);
    // Its own path has those of the other model alone.
    expect(await scrape(other)).not.toContain('model_name="fraud"');
  });

  test.each(['{', '{}', '["iris"]', '[{"PREDICTIVE_UNIT_ID":1}]', '[{"AWS_REGION":"x"}]'])(
    'says that METRICS_SOURCES cannot be %s',
    async (METRICS_SOURCES) => {
      const functions = deploy({ ...environment, METRICS_SOURCES, SELDON_LOG_LEVEL: 'FATAL' });
      const { status, body } = await functions.send({ method: 'GET', path: '/metrics' });
      expect([status, String(body)]).toEqual([
        500,
        expect.stringContaining('METRICS_SOURCES is not valid; expected a JSON list'),
      ]);
    },
  );

  test('has a series per instance with METRICS_WORKER_LABEL', async () => {
    const [one, two] = [
      await start({ METRICS_WORKER_LABEL: 'true' }),
      await start({ METRICS_WORKER_LABEL: 'true' }),
    ];
    for (const functions of [one, two, two]) {
      await measure(functions, [add('rows', 1)]);
    }
    const values = [...(await scrape(one)).matchAll(/^rows_total\{.*worker_id="(\w+)".*\} (\d)$/gm)];
    expect(values.map(([, , value]) => value).sort()).toEqual(['1', '2']);
    expect(new Set(values.map(([, id]) => id)).size).toBe(2);
  });

  test('without a store shows what this instance counted, and says nothing of others', async () => {
    const functions = await start({ METRICS_URL: '' });
    await measure(functions, [add('rows', 2)]);
    await measure(functions, [add('rows', 2)]);
    expect(await sampleOf(functions, 'rows_total')).toBe(4);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is in the store of the state when nothing else is said', async () => {
    const { METRICS_URL: STATE_URL = '' } = environment;
    const functions = deploy({ ...environment, STATE_URL, METRICS_URL: undefined as unknown as string });
    await measure(functions, [add('rows', 2)]);
    expect(await sampleOf(await start(), 'rows_total')).toBe(2);
  });

  test('says what is wrong when the value in the store is not ours, does not overwrite it, and loses nothing', async () => {
    const functions = await start();
    await measure(functions, [add('rows', 2)]);
    const [file] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.startsWith('lock'),
    );
    const path = join(file?.parentPath as string, file?.name as string);
    const before = readFileSync(path);
    writeFileSync(path, 'something else');
    const { status, body } = await (await start()).send({ method: 'GET', path: '/metrics' });
    expect(status).toBe(500);
    expect(JSON.parse(body as string).status.info).toContain('metrics_0_0_0');
    const lines = captureLog();
    expect(await measure(functions, [add('rows', 5)])).toMatchObject({ status: 200 });
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: expect.stringMatching(/^the metrics could not be stored/),
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe('something else');
    writeFileSync(path, before);
    vi.setSystemTime(START.getTime() + 2000);
    await measure(functions, []);
    expect(await sampleOf(functions, 'rows_total')).toBe(7);
  });
});

describe('a write of the metrics', () => {
  test('comes with the first call, and then at most every METRICS_FLUSH_MS', async () => {
    const functions = await start({ METRICS_FLUSH_MS: '5000' });
    const reader = await start();
    await measure(functions, [add('rows', 1)]);
    expect(await sampleOf(reader, 'rows_total')).toBe(1);
    vi.setSystemTime(START.getTime() + 4999);
    await measure(functions, [add('rows', 1)]);
    expect(await sampleOf(reader, 'rows_total')).toBe(1);
    vi.setSystemTime(START.getTime() + 5000);
    await measure(functions, [add('rows', 1)]);
    expect(await sampleOf(reader, 'rows_total')).toBe(3);
  });

  test('counts nothing twice, and loses nothing, when replies of the store are lost', async () => {
    const server = await openDynalite();
    await createTable(server, 'states');
    const proxy = await openProxy(new URL(server.url).host, { share: 0.2, seed: 7 });
    try {
      const dynamodb = {
        AWS_REGION: AWS_SETTINGS.region as string,
        AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: `http://${proxy.address}`,
        METRICS_URL: 'dynamodb://states',
      };
      const instances = [await start(dynamodb), await start(dynamodb), await start(dynamodb)];
      captureLog();
      for (let call = 0; call < 90; call++) {
        // A write that failed is tried again after a second.
        vi.setSystemTime(START.getTime() + call * 1000);
        const answer = await measure(instances[call % 3] as Deployment, [add('rows', 1)]);
        expect(answer.status).toBe(200);
      }
      expect(proxy.dropped).toBeGreaterThan(10);
      // One is written by the instance that wrote last, which does not learn of it before it has to answer.
      proxy.share = 1;
      vi.setSystemTime(START.getTime() + 100_000);
      expect(await measure(instances[2] as Deployment, [add('rows', 1)])).toMatchObject({ status: 200 });
      proxy.share = 0;
      expect(await sampleOf(instances[1] as Deployment, 'rows_total')).toBe(91);
      vi.setSystemTime(START.getTime() + 110_000);
      for (const functions of instances) {
        await measure(functions, []);
      }
      expect(await sampleOf(instances[0] as Deployment, 'rows_total')).toBe(91);
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  test('begins no more than METRICS_MAX_SERIES series; the ones that are there count on', async () => {
    const functions = await start({ METRICS_MAX_SERIES: '3' });
    for (const value of ['a', 'b', 'c', 'a', 'd']) {
      await measure(functions, [add('rows', 1, { value })]);
    }
    // One of the three is that of the calls themselves.
    expect(await sampleOf(functions, 'rows_total', { value: 'a' })).toBe(2);
    expect(await sampleOf(functions, 'rows_total', { value: 'b' })).toBe(1);
    expect(await sampleOf(functions, 'rows_total', { value: 'c' })).toBeUndefined();
    expect(await sampleOf(functions, 'seldon_lambda_dropped_total')).toBe(2);
    expect(await sampleOf(functions, 'seldon_lambda_requests_seconds_count')).toBe(5);
  });

  test('holds the answer up no longer than the configuration is wrong: it says so', async () => {
    const lines = captureLog();
    const functions = await deploy({ ...environment, METRICS_URL: 'ftp://host/metrics' });
    expect(await measure(functions, [])).toMatchObject({ status: 200 });
    const warning = lines().find(({ level }) => level === 'warn');
    expect(warning?.error).toMatchObject({
      message: expect.stringMatching(/^METRICS_URL: expected a URL of/),
      cause: { message: expect.stringMatching(/^ftp:\/\/host\/metrics: expected a URL of/) },
    });
  });
});

const NASTY = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    'a',
    'b',
    'a_total',
    'a_count',
    'a_bucket',
    'le',
    'method',
    '__a',
    '1a',
    'a-b',
    'a.b',
    'é',
    '"\\\n',
  ),
);
const METRIC: fc.Arbitrary<Metric> = fc.record({
  type: fc.constantFrom('COUNTER', 'GAUGE', 'TIMER'),
  key: NASTY,
  value: fc.integer({ min: 0, max: 100_000 }),
  tags: fc.dictionary(NASTY, NASTY, { maxKeys: 3 }),
});

describe('law:', () => {
  test('however calls are spread over instances, the same is counted', async () => {
    const calls = fc.array(fc.tuple(fc.nat(2), fc.array(METRIC, { maxLength: 4 })), { maxLength: 12 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(calls, async (spread) => {
        const sums: string[] = [];
        for (const count of [3, 1]) {
          const SELDON_DEPLOYMENT_ID = `${run++}`;
          const instances: Deployment[] = [];
          for (let index = 0; index < count; index++) {
            instances.push(await start({ SELDON_DEPLOYMENT_ID }));
          }
          for (const [turn, [index, metrics]] of spread.entries()) {
            // Gauges are told apart by their time.
            vi.setSystemTime(START.getTime() + turn);
            await measure(instances[index % count] as Deployment, metrics);
          }
          const text = await scrape(instances[0] as Deployment);
          readFamilies(text);
          sums.push(comparable(text, SELDON_DEPLOYMENT_ID));
        }
        expect(sums[0]).toBe(sums[1]);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  /**
   * Without what differs: the deployment, the time that calls took. Sums of durations may differ in the last
   * digits.
   */
  function comparable(text: string, deployment: string): string {
    return text
      .split('\n')
      .filter((line) => !/^seldon_lambda_requests_seconds_(sum|bucket)/.test(line))
      .map((line) => line.replaceAll(`"${deployment}"`, '"d"'))
      .map((line) =>
        line.replace(/(_sum\{.*\}) (.*)$/, (_, name, sum) => `${name} ${Number(sum).toFixed(6)}`),
      )
      .sort()
      .join('\n');
  }

  test.runIf(process.env.CI && !hasPromtool)('promtool is installed where CI runs', () => {
    expect.fail('promtool is not installed: apt-get install prometheus');
  });

  test.skipIf(!hasPromtool)(
    'whatever a model calls its metrics and tags, promtool finds the text valid',
    async () => {
      const metrics = fc.sample(METRIC, { numRuns: 400, seed: 11 });
      const functions = await start();
      for (let from = 0; from < metrics.length; from += 20) {
        expect((await measure(functions, metrics.slice(from, from + 20))).status).toBe(200);
      }
      const text = await scrape(functions);
      readFamilies(text);
      // 3: promtool has advice on the style of names, which are the model's.
      expect([0, 3]).toContain(checkedByPromtool(text).status);
    },
  );

  test.skipIf(!hasPromtool)('promtool has no advice on the names of our own', async () => {
    const functions = await start({ METRICS_MAX_SERIES: '5' });
    await functions.send({ method: 'POST', path: '/api/v1.0/predictions', body: '{"jsonData":[]}' });
    await functions.send({ method: 'POST', path: '/api/v1.0/feedback', body: '{"reward":1}' });
    const text = await scrape(functions);
    expect(text).toContain('seldon_lambda_dropped_total');
    expect(checkedByPromtool(text)).toEqual({ status: 0, output: '' });
  });
});

function checkedByPromtool(text: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text });
  return { status, output: `${stdout}${stderr}` };
}

describe('metrics as a plain attribute', () => {
  test('that is a list are answered and recorded, at every call', async () => {
    const functions = await start({ MODEL_NAME: 'Listed' });
    for (let call = 0; call < 2; call++) {
      const { body } = await functions.send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
      expect(JSON.parse(body as string).meta).toEqual({
        tags: { from: 'an attribute' },
        metrics: [
          { type: 'COUNTER', key: 'listed', value: 1 },
          { type: 'GAUGE', key: 'fixed', value: 7 },
        ],
      });
    }
    const families = readFamilies(await scrape(functions));
    expect(Object.values(families.listed_total?.samples ?? {})).toEqual([2]);
    expect(Object.values(families.fixed?.samples ?? {})).toEqual([7]);
  });

  test('that are not a list belong to the class', async () => {
    const functions = await start({ MODEL_NAME: 'Listed.Own' });
    const { status } = await functions.send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
    expect(status).toBe(200);
  });
});
