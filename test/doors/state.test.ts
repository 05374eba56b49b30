import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lambdaContext } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog, type LogLine } from '../support/log-lines.ts';

let folder: string;
let environment: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-state-'));
  environment = {
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Counter',
    STATE_URL: pathToFileURL(folder).href,
    STATE_MAX_AGE_MS: '0',
    // Only the state is in the store.
    METRICS_URL: '',
  };
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An instance that has been called before: all that it imports lazily is its own. */
async function warm(overrides: Record<string, string> = {}): Promise<Deployment> {
  const functions = deploy({ ...environment, ...overrides });
  await functions.load('route', 'send-feedback', 'predict', 'transform-input');
  await functions.send({ method: 'POST', path: '/route', body: '{"strData":"x"}' });
  return functions;
}

function feedback(functions: Deployment, reward = 1, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ reward });
  return functions.send({
    method: 'POST',
    path: '/send-feedback',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function count(functions: Deployment): Promise<unknown> {
  const answer = await functions.send({ method: 'POST', path: '/route', body: '{"data":{"ndarray":[1]}}' });
  return JSON.parse(answer.body as string).data?.ndarray?.[0][0] ?? answer.body;
}

/** Paths of the stored values, without the store's own locks. */
function stored(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('lock'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a state in a store', () => {
  test('outlives the instance that learned it', async () => {
    const first = await warm();
    expect((await feedback(first)).status).toBe(200);
    expect((await feedback(first)).status).toBe(200);
    expect(await count(await warm())).toBe(2);
  });

  test('loses no feedback of instances that take turns or collide', async () => {
    const instances = [await warm(), await warm(), await warm()];
    await Promise.all(Array.from({ length: 60 }, (_, i) => feedback(instances[i % 3] as Deployment, 0.5)));
    for (const instance of instances) {
      expect(await count(instance)).toBe(60);
    }
    const answer = await (await warm()).send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
    expect(JSON.parse(answer.body as string).data.tensor.values).toEqual([60, 30]);
  });

  test('is read anew when the copy is older than STATE_MAX_AGE_MS, and not before', async () => {
    const eager = await warm();
    const lazy = await warm({ STATE_MAX_AGE_MS: '3600000' });
    await feedback(eager);
    expect(await count(lazy)).toBe(0);
    expect(await count(eager)).toBe(1);
  });

  test('is read anew after hours in which the instance was frozen, and its clock may have stood still', async () => {
    const [eager, frozen] = [await warm(), await warm({ STATE_MAX_AGE_MS: '3600000' })];
    await feedback(eager);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_001 });
    try {
      expect(await count(frozen)).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is stored when it is changed in place', async () => {
    const instances = [
      await warm({ MODEL_NAME: 'Histogram' }),
      await warm({ MODEL_NAME: 'Histogram' }),
      await warm({ MODEL_NAME: 'Histogram' }),
    ] as const;
    // Each changes what it has just read.
    for (const instance of instances) {
      expect((await feedback(instance, 2)).status).toBe(200);
    }
    const request = { method: 'POST', path: '/predict', body: '{"strData":"x"}' };
    for (const instance of [...instances, await warm({ MODEL_NAME: 'Histogram' })]) {
      const { body } = await instance.send(request);
      expect(JSON.parse(body as string).data.tensor.values).toEqual([0, 0, 3, 0]);
    }
  });

  test('is written by an older copy too, on top of what is there', async () => {
    const eager = await warm();
    const lazy = await warm({ STATE_MAX_AGE_MS: '3600000' });
    await feedback(eager);
    const answer = await feedback(lazy);
    expect(JSON.parse(answer.body as string).data.tensor.values).toEqual([2]);
    expect(await count(eager)).toBe(2);
  });

  test('is learned anew after a lost race, from the request as it came', async () => {
    const [first, second] = [await warm({ MODEL_NAME: 'Stamps' }), await warm({ MODEL_NAME: 'Stamps' })];
    const body = '{"strData":"x","meta":{"tags":{"stamps":0},"metrics":[]}}';
    const predict = async (instance: Deployment) =>
      JSON.parse((await instance.send({ method: 'POST', path: '/predict', body })).body as string);
    await predict(first);
    await predict(second);
    const { data, meta } = await predict(first);
    // Two runs in its second call.
    expect(data.tensor.values).toEqual([3, 3]);
    expect(meta).toEqual({ tags: { stamps: 1 }, metrics: [{ key: 'stamps', type: 'COUNTER', value: 1 }] });
  });

  test('keeps nothing of a call that failed', async () => {
    const functions = await warm();
    await feedback(functions);
    const body = '{"request":{"data":{"ndarray":["fail_after"]}},"reward":1}';
    expect((await functions.send({ method: 'POST', path: '/send-feedback', body })).status).toBe(422);
    expect(await count(functions)).toBe(1);
    expect(await count(await warm())).toBe(1);
  });

  test('is not written by methods that are not named stateful', async () => {
    const functions = await warm();
    await functions.send({ method: 'POST', path: '/transform-input', body: '{"strData":"x"}' });
    expect(stored()).toEqual([]);
  });

  test('is stored under the key of the reference', async () => {
    const functions = await warm({ SELDON_DEPLOYMENT_ID: 'dep', PREDICTIVE_UNIT_ID: 'unit' });
    await feedback(functions);
    expect(stored().join()).toContain('persistence_dep_0_unit');
  });
});

describe('a store that loses what it had', () => {
  const lost = (lines: readonly LogLine[]) =>
    lines.filter(({ message }) => message === 'the state store has lost changes that it had stored');

  test('is reported, with both revisions and a metric, when the state is set back or gone', async () => {
    const functions = await warm({ AWS_LAMBDA_FUNCTION_NAME: 'dep-dev-route', SELDON_DEPLOYMENT_ID: 'dep' });
    await feedback(functions);
    const [path] = stored() as [string];
    const first = readFileSync(path);
    await feedback(functions);
    await feedback(functions);
    const lines = captureLog();
    writeFileSync(path, first);
    expect(await count(functions)).toBe(1);
    expect(lost(lines())).toMatchObject([
      {
        level: 'warn',
        key: 'persistence_dep_0_0',
        revisionBefore: 3,
        revision: 1,
        state_losses: 1,
        deployment: 'dep',
        function: 'dep-dev-route',
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: 'Seldon',
              Dimensions: [['deployment'], ['function']],
              Metrics: [{ Name: 'state_losses', Unit: 'Count' }],
            },
          ],
        },
      },
    ]);
    expect(await count(functions)).toBe(1);
    rmSync(path);
    expect(await count(functions)).toBe(0);
    expect(lost(lines())).toHaveLength(2);
    expect(lost(lines())[1]).toMatchObject({ revisionBefore: 1, revision: 0 });
    vi.restoreAllMocks();
  });

  test('is reported when others have written as much again', async () => {
    const [first, other] = [await warm(), await warm()];
    await feedback(first);
    const [path] = stored() as [string];
    const before = readFileSync(path);
    await feedback(first);
    writeFileSync(path, before);
    await feedback(other);
    await feedback(other);
    const lines = captureLog();
    expect(await count(first)).toBe(3);
    expect(lost(lines())).toMatchObject([{ revisionBefore: 2, revision: 3 }]);
    vi.restoreAllMocks();
  });

  test('is not reported when instances only take turns', async () => {
    const lines = captureLog();
    const instances = [await warm(), await warm()] as const;
    for (let turn = 0; turn < 6; turn++) {
      await feedback(instances[turn % 2] as Deployment);
    }
    expect(lost(lines())).toEqual([]);
    vi.restoreAllMocks();
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'Idempotency-Key': 'k-1' };

  test('makes repeats answer as the first and change nothing, in any instance', async () => {
    const [first, second] = [await warm(), await warm()];
    const answers = [
      await feedback(first, 1, key),
      await feedback(first, 1, key),
      await feedback(second, 1, key),
    ];
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(await count(await warm())).toBe(1);
  });

  test('works for fifty at once in five instances', async () => {
    const instances = await Promise.resolve([
      await warm(),
      await warm(),
      await warm(),
      await warm(),
      await warm(),
    ]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => feedback(instances[i % 5] as Deployment, 1, key)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(await count(await warm())).toBe(1);
  });

  test('may be long: the stored state does not grow with the keys that came', async () => {
    const functions = await warm();
    for (let index = 0; index < 40; index++) {
      await feedback(functions, 1, { 'idempotency-key': `${index}`.padEnd(8000, '-') });
    }
    expect(readFileSync(stored()[0] as string).length).toBeLessThan(80_000);
    await feedback(functions, 1, { 'idempotency-key': '39'.padEnd(8000, '-') });
    expect(await count(functions)).toBe(40);
  });

  test('does not tie calls with another key, or none', async () => {
    const functions = await warm();
    await feedback(functions, 1, key);
    await feedback(functions, 1, { 'idempotency-key': 'k-2' });
    await feedback(functions);
    expect(await count(functions)).toBe(3);
  });

  test('comes in the client context of a direct invocation', async () => {
    const functions = await warm();
    const context = () => lambdaContext({ clientContext: { custom: { 'idempotency-key': 'k' } } as never });
    await functions.invoke('send-feedback', { reward: 1 }, context());
    await functions.invoke('send-feedback', { reward: 1 }, context());
    expect(await count(functions)).toBe(1);
  });
});

describe('a value that is not this model’s state', () => {
  async function refused(
    change: (value: Buffer) => Buffer,
    overrides: Record<string, string> = {},
  ): Promise<{ info: string; reason: string }> {
    await feedback(await warm());
    const [path] = stored() as [string];
    writeFileSync(path, change(readFileSync(path)));
    const before = readFileSync(path);
    const answer = await feedback(await warm(overrides));
    expect(answer.status).toBe(500);
    expect(readFileSync(path).equals(before)).toBe(true);
    return JSON.parse(answer.body as string).status;
  }

  test.each<[string, (value: Buffer) => Buffer]>([
    ['a truncated value', (value) => value.subarray(0, value.length - 3)],
    [
      'a value with one bit changed',
      (value) => Buffer.from(value.map((byte, i) => (i === value.length - 5 ? byte ^ 1 : byte))),
    ],
    ['a foreign value', () => Buffer.from('{"hello":"world"}')],
    ['an empty value', () => Buffer.alloc(0)],
  ])('%s is refused, naming the key, and left untouched', async (_what, change) => {
    const { info, reason } = await refused(change);
    expect(reason).toBe('MICROSERVICE_BAD_STATE');
    expect(info).toContain('persistence_0_0_0');
  });

  test('another model’s state is refused, naming both', async () => {
    const { info } = await refused((value) => value, { MODEL_NAME: 'Odd' });
    expect(info).toContain('is of model Counter; expected Odd');
  });

  test('a newer schemaVersion is refused by the older class, an older one is read by the newer', async () => {
    await feedback(await warm());
    const newer = await warm({ MODEL_NAME: 'CounterV2.Counter' });
    await feedback(newer);
    expect(await count(newer)).toBe(2);
    const answer = await feedback(await warm());
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body as string).status.info).toContain(
      'schemaVersion 2; this model reads up to 1',
    );
    expect(await count(await warm({ MODEL_NAME: 'CounterV2.Counter' }))).toBe(2);
  });
});

describe('a state that cannot be stored', () => {
  test('is refused with the path of what is in the way, and nothing is stored', async () => {
    const answer = await feedback(await warm({ MODEL_NAME: 'Odd' }));
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body as string).status.info).toContain('state.weights[1] is an instance of URL');
    expect(stored()).toEqual([]);
  });

  test('does not hide why the call failed', async () => {
    const functions = await warm({ MODEL_NAME: 'Odd' });
    const body = '{"request":{"data":{"ndarray":["fail_after"]}},"reward":1}';
    const answer = await functions.send({ method: 'POST', path: '/send-feedback', body });
    expect([answer.status, JSON.parse(answer.body as string).status.reason]).toEqual([422, 'TOO_BAD']);
    expect(await count(functions)).toBe(1);
  });

  test.each([
    ['map', 'state.map is an instance of Words'],
    ['set', 'state.set is an instance of Ids'],
    ['list', 'state.list is an instance of Stack'],
    ['date', 'state.date is an instance of Day'],
    ['floats', 'state.floats is an instance of Vector'],
    ['bytes', 'state.bytes is an instance of Blob8'],
    ['symbol', 'state.symbol[Symbol(hidden)] is a value under a symbol'],
    ['listSymbol', 'state.listSymbol[Symbol(hidden)] is a value under a symbol'],
    ['property', 'state.property.name is a property of an instance of Map'],
    ['nested', 'state.nested.get(a)[0] is an instance of Stack'],
    ['invisible', 'state.invisible.secret is a property that is not enumerable'],
  ])('is refused where it would come back as another: %s', async (kind, info) => {
    const body = JSON.stringify({ request: { data: { ndarray: [kind] } }, reward: 1 });
    const functions = await warm({ MODEL_NAME: 'Extended' });
    const answer = await functions.send({ method: 'POST', path: '/send-feedback', body });
    expect([answer.status, JSON.parse(answer.body as string).status.info]).toEqual([
      500,
      expect.stringContaining(info),
    ]);
    expect(stored()).toEqual([]);
  });

  test('leaves alone what comes back as it was', async () => {
    const body = '{"request":{"data":{"ndarray":["fine"]}},"reward":1}';
    const functions = await warm({ MODEL_NAME: 'Extended' });
    const answer = await functions.send({ method: 'POST', path: '/send-feedback', body });
    expect(answer.status).toBe(200);
    expect(await count(await warm({ MODEL_NAME: 'Extended' }))).toBe(1);
  });

  test('needs both methods', async () => {
    const answer = await feedback(await warm({ MODEL_NAME: 'Half' }));
    expect(JSON.parse(answer.body as string).status.info).toContain('getState() only');
  });
});

test('without STATE_URL the log says once that the state ends with the instance', async () => {
  const lines = captureLog();
  const functions = deploy({ ...environment, STATE_URL: '' });
  await feedback(functions);
  await feedback(functions);
  expect(lines().filter(({ message }) => message.includes('STATE_URL'))).toHaveLength(1);
  vi.restoreAllMocks();
});

test('a STATE_URL of an unknown scheme is answered with those that are known, without its password', async () => {
  const answer = await feedback(deploy({ ...environment, STATE_URL: 'ftp://me:secret@host/x' }));
  const { info, reason } = JSON.parse(answer.body as string).status;
  expect(reason).toBe('MICROSERVICE_BAD_PARAMETER');
  expect(info).toContain('dynamodb://');
  expect(info).not.toContain('secret');
});

test.each(['EpsilonGreedy', 'ThompsonSampling'])(
  '%s with a seed goes on as if never interrupted',
  async (name) => {
    const models = fileURLToPath(new URL('../../models', import.meta.url));
    const PREDICTIVE_UNIT_PARAMETERS = JSON.stringify([
      { name: 'n_branches', value: '3', type: 'INT' },
      { name: 'seed', value: '7', type: 'INT' },
      ...(name === 'EpsilonGreedy' ? [{ name: 'epsilon', value: '0.5', type: 'FLOAT' }] : []),
    ]);
    const run = async (restart: boolean, deployment: string) => {
      const start = () =>
        deploy({
          ...environment,
          MODEL_DIR: models,
          MODEL_NAME: name,
          PREDICTIVE_UNIT_PARAMETERS,
          SELDON_DEPLOYMENT_ID: deployment,
          PREDICTIVE_UNIT_ID: 'u',
        });
      let functions = start();
      const routes: unknown[] = [];
      for (let i = 0; i < 12; i++) {
        if (restart) {
          functions = start();
        }
        const branch = await count(functions);
        routes.push(branch);
        const body = JSON.stringify({
          reward: i % 3 === 0 ? 1 : 0,
          response: { meta: { routing: { u: branch } } },
        });
        await functions.send({ method: 'POST', path: '/send-feedback', body });
      }
      return routes;
    };
    const routes = await run(false, 'straight');
    expect(await run(true, 'interrupted')).toEqual(routes);
    expect(new Set(routes).size).toBeGreaterThan(1);
  },
);
