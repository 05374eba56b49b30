import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { apiGatewayV2, lambdaContext, readResult } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-merge-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** An instance that has been called before: all that it imports lazily is its own. */
async function start(model = 'Tally', more: Record<string, string> = {}): Promise<Deployment> {
  const functions = deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: model,
    STATE_URL: pathToFileURL(folder).href,
    STATE_MAX_AGE_MS: '0',
    // Only the state is in the store.
    METRICS_URL: '',
    ...more,
  });
  await functions.load('route', 'send-feedback', 'predict', 'transform-input');
  await functions.send({ method: 'POST', path: '/route', body: '{"strData":"x"}' });
  return functions;
}

interface FeedbackOptions {
  readonly key?: string | undefined;
  readonly what?: string;
  readonly reward?: number;
  readonly leftMs?: number;
}

async function feedback(
  functions: Deployment,
  { key, what = '', reward = 1, leftMs = 20_000 }: FeedbackOptions = {},
) {
  const endAt = performance.now() + leftMs;
  const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
  const event = apiGatewayV2({
    method: 'POST',
    path: '/send-feedback',
    body: JSON.stringify({ request: { data: { ndarray: [what] } }, reward }),
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
  });
  const { status, body } = readResult(await functions.invoke('send-feedback', event, context));
  return { code: status, body, ...JSON.parse(body as string) };
}

async function call(functions: Deployment, path: string, headers: Record<string, string> = {}) {
  const { status, body } = await functions.send({
    method: 'POST',
    path,
    body: '{"data":{"ndarray":[1]}}',
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { code: status, ...JSON.parse(body as string) };
}

async function count(functions: Deployment): Promise<unknown> {
  const answer = await call(functions, '/route');
  return answer.data?.ndarray[0][0] ?? answer.status;
}

/** The keys that the store has values of. */
const keys = () => readdirSync(folder).sort();

const times = <T>(many: number, make: (index: number) => T) =>
  Array.from({ length: many }, (_, i) => make(i));

describe('a state that is merged', () => {
  test('is the sum of what all instances have learnt', async () => {
    const instances = [await start(), await start(), await start()] as const;
    const answers = await Promise.all(
      times(60, (i) => feedback(instances[i % 3] as Deployment, { reward: 0.5 })),
    );
    expect(answers.every(({ code }) => code === 200)).toBe(true);
    for (const instance of [...instances, await start()]) {
      expect(await count(instance)).toBe(60);
      expect((await call(instance, '/predict')).data.ndarray).toEqual([60, 30]);
    }
  });

  test('has 16 parts, one of which is the whole state of a class without merge', async () => {
    const functions = await start('Tally', { SELDON_DEPLOYMENT_ID: 'd', PREDICTIVE_UNIT_ID: 'u' });
    for (const key of times(200, String)) {
      await feedback(functions, { key });
    }
    const others = times(15, (i) => `persistence.${i + 1}_d_0_u`);
    expect(keys()).toEqual([...others, 'persistence_d_0_u'].sort());
    expect(await count(functions)).toBe(200);
  });

  test('is not read again before it is older than STATE_MAX_AGE_MS, but has what the instance has stored', async () => {
    const [eager, lazy] = [await start(), await start('Tally', { STATE_MAX_AGE_MS: '3600000' })];
    await feedback(eager, { key: 'a' });
    expect(await count(lazy)).toBe(0);
    for (const key of times(40, (i) => `b${i}`)) {
      await feedback(lazy, { key });
    }
    expect(await count(eager)).toBe(41);
    expect(await count(lazy)).toBeGreaterThanOrEqual(40);
  });

  test('keeps nothing of a call that failed, nor of a method that may not change it', async () => {
    const functions = await start();
    await feedback(functions);
    expect((await feedback(functions, { what: 'fail_after' })).code).toBe(422);
    await call(functions, '/transform-input');
    await feedback(functions);
    expect(await count(functions)).toBe(2);
    expect(await count(await start())).toBe(2);
  });

  test('that nobody has changed is that of a new model, and is not stored', async () => {
    const functions = await start();
    await call(functions, '/transform-input');
    expect(keys()).toEqual([]);
    await feedback(functions);
    expect(await count(await start())).toBe(1);
  });

  const operation = fc.record({
    instance: fc.nat({ max: 2 }),
    key: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
    what: fc.constantFrom('', '', '', 'fail_after'),
    isAwaited: fc.boolean(),
  });

  test('counts each acknowledged feedback once, whatever comes where and how often', async () => {
    const instances = [await start(), await start(), await start()];
    const before = { count: 0 };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        run++;
        const plain: Promise<{ code: number }>[] = [];
        const acknowledged = new Set<string>();
        const keyed: Promise<unknown>[] = [];
        for (const { instance, key, what, isAwaited } of operations) {
          const own = key === undefined ? undefined : `${run}/${key}`;
          // A key comes with one body.
          const sent = feedback(instances[instance] as Deployment, {
            key: own,
            what: own === undefined ? what : '',
          });
          if (own === undefined) {
            plain.push(sent);
          } else {
            keyed.push(
              sent.then(({ code }) => {
                expect(code).toBe(200);
                acknowledged.add(own);
              }),
            );
          }
          if (isAwaited) {
            await sent;
          }
        }
        const answers = await Promise.all(plain);
        await Promise.all(keyed);
        before.count += acknowledged.size + answers.filter(({ code }) => code === 200).length;
        for (const instance of instances) {
          expect(await count(instance)).toBe(before.count);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('an Idempotency-Key of a merged state', () => {
  test('that comes fifty times at once to five instances counts once', async () => {
    const instances = [await start(), await start(), await start(), await start(), await start()];
    const answers = await Promise.all(
      times(50, (i) => feedback(instances[i % 5] as Deployment, { key: 'k' })),
    );
    expect(new Set(answers.map(({ code, body }) => `${code} ${body}`)).size).toBe(1);
    expect(await count(await start())).toBe(1);
  });

  test('with another body is refused', async () => {
    const functions = await start();
    await feedback(functions, { key: 'k' });
    expect((await feedback(await start(), { key: 'k', reward: 2 })).code).toBe(422);
    expect(await count(functions)).toBe(1);
  });

  test('that came before the class had merge is still known, in whichever part it belongs', async () => {
    const before = await start('TallyBefore.Tally');
    const sent = times(20, (i) => `k${i}`);
    const first = await Promise.all(sent.map((key) => feedback(before, { key })));
    const after = await start();
    for (const [index, key] of sent.entries()) {
      expect(await feedback(after, { key })).toEqual(first[index]);
    }
    expect(await count(after)).toBe(20);
  });

  test('has a router of a graph keep its choice, which it makes by the whole state', async () => {
    const functions = await start();
    for (const key of times(30, String)) {
      await feedback(functions, { key });
    }
    const headers = { 'idempotency-key': 'r', 'seldon-request-fingerprint': 'f' };
    const route = async (instance: Deployment) =>
      (await call(instance, '/route', headers)).data.ndarray[0][0];
    expect(await route(functions)).toBe(30);
    await feedback(functions);
    expect(await route(await start())).toBe(30);
    expect(await count(functions)).toBe(31);
  });
});

describe('a state from before its class had merge', () => {
  test('counts with what comes after, also while older instances still run', async () => {
    const before = await start('TallyBefore.Tally');
    await feedback(before);
    await feedback(before);
    const after = await start();
    expect(await count(after)).toBe(2);
    await feedback(before);
    expect(await count(after)).toBe(3);
    for (const key of times(20, String)) {
      await feedback(after, { key });
    }
    expect(await count(await start())).toBe(23);
  });

  test('is refused to a class without merge once there are other parts, and nothing is lost', async () => {
    const after = await start();
    // It belongs to another part than the first.
    for (const key of times(3, String)) {
      await feedback(after, { key });
    }
    const before = await start('TallyBefore.Tally');
    const { code, status } = await feedback(before);
    expect([code, status.reason]).toEqual([500, 'MICROSERVICE_BAD_STATE']);
    expect(status.info).toContain(
      'the value of persistence_0_0_0 in the state store is one of 16 shards; expected a class with static merge',
    );
    expect(await count(after)).toBe(3);
  });

  test('may have an older schemaVersion, as may each part', async () => {
    const oldest = await start('TallyBefore.Tally');
    await feedback(oldest);
    const older = await start();
    for (const key of times(30, String)) {
      await feedback(older, { key });
    }
    const newer = await start('TallyV2.Tally');
    expect(await count(newer)).toBe(31);
    await feedback(newer, { key: '0' });
    expect(await count(newer)).toBe(31);
    await feedback(newer, { key: 'new' });
    expect(await count(newer)).toBe(32);
    expect(await count(await start('TallyV2.Tally'))).toBe(32);
  });

  test('keeps its form when it only becomes a part', async () => {
    await feedback(await start('TallyBefore.Tally'));
    const newer = await start('TallyV2.Tally');
    await feedback(newer, { key: '0' });
    expect(await count(await start('TallyV2.Tally'))).toBe(2);
    expect(await count(newer)).toBe(2);
  });
});

describe('a part of a merged state', () => {
  test('that is damaged is refused, naming its key, and left untouched', async () => {
    const functions = await start();
    for (const key of times(100, String)) {
      await feedback(functions, { key });
    }
    const path = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath.includes('persistence.5_'))
      .map((entry) => join(entry.parentPath, entry.name))
      .find((name) => readFileSync(name).includes('SLST')) as string;
    const damaged = readFileSync(path).subarray(0, -3);
    writeFileSync(path, damaged);
    const { status } = await call(await start(), '/route');
    expect(status.reason).toBe('MICROSERVICE_BAD_STATE');
    expect(status.info).toContain('persistence.5_0_0_0');
    expect(readFileSync(path).equals(damaged)).toBe(true);
  });
});

describe('static merge', () => {
  test.each([
    ['Throws', 'static merge of Throws failed: no merge today'],
    ['Nothing', 'static merge of Nothing returned undefined; expected a state, as getState() returns it'],
    ['Later', 'static merge of Later returned a promise; expected a state'],
    [
      'Odd',
      'static merge of Odd cannot be used: its result: state.count is an instance of URL; expected data',
    ],
    ['List', 'static merge of List is an Array; expected a method that takes a list of states'],
    ['Prior', 'makes {"count":2} of the state of a new model twice, which is {"count":1}; expected the same'],
    ['LearnsFromRoutes', 'does not go with static stateful [route]'],
  ])('that cannot be used is refused before anything is stored: %s', async (name, info) => {
    captureLog();
    const functions = await start(`BadMerges.${name}`);
    const { code, status } = await feedback(functions);
    expect([code, status.reason]).toEqual([500, 'MICROSERVICE_BAD_STATE']);
    expect(status.info).toContain(info);
    expect(keys()).toEqual([]);
  });

  test('that throws later fails the calls that read, in words, and no feedback is lost', async () => {
    captureLog();
    const functions = await start('BadMerges.Picky');
    expect((await feedback(functions)).code).toBe(200);
    const { status } = await call(functions, '/route');
    expect(status.info).toBe('static merge of Picky failed: not these');
    expect((await feedback(functions)).code).toBe(200);
  });

  test('of a class without a state is told of', async () => {
    const lines = captureLog();
    expect(await count(await start('BadMerges.Stateless'))).toBe(1);
    expect(lines()).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'static merge of Stateless has no effect without getState() and setState()',
      }),
    );
  });
});

describe('an instance with a merged state that gets several calls at once', () => {
  /** Ends the call that hangs under this text. */
  let release: Map<unknown, () => void>;

  beforeEach(() => {
    release = new Map();
    vi.stubGlobal('hang', (what: unknown) =>
      String(what).startsWith('hangs') && !release.has(what)
        ? new Promise<void>((end) => release.set(what, end))
        : undefined,
    );
  });

  const hangs = (what: string) => vi.waitUntil(() => release.has(what), { interval: 1 });

  test('lets no call read the state of a part while another one changes it', async () => {
    const functions = await start();
    for (const key of times(30, String)) {
      await feedback(functions, { key });
    }
    const slow = feedback(functions, { key: 'slow', what: 'hangs' });
    await hangs('hangs');
    const counts = times(5, () => count(functions));
    release.get('hangs')?.();
    expect((await slow).code).toBe(200);
    expect(await Promise.all(counts)).toEqual(times(5, () => 31));
  });

  test('answers 503 in time to what waits for a call that hangs', async () => {
    const functions = await start();
    await feedback(functions);
    const slow = feedback(functions, { key: 'slow', what: 'hangs' });
    await hangs('hangs');
    const { code, status } = await feedback(functions, { key: 'other', leftMs: 300 });
    expect([code, status.info]).toEqual([
      503,
      'the state store could not be used in time: an earlier call of this instance has not ended',
    ]);
    release.get('hangs')?.();
    expect((await slow).code).toBe(200);
    expect(await count(functions)).toBe(2);
  });

  test('stores fifty calls without a key with few runs, each once', async () => {
    const functions = await start();
    const answers = await Promise.all(times(50, () => feedback(functions)));
    expect(answers.every(({ code }) => code === 200)).toBe(true);
    expect(await count(functions)).toBe(50);
    // All in the part of this instance.
    expect(keys().filter((key) => key !== 'persistence_0_0_0').length).toBeLessThanOrEqual(1);
  });
});
