import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SeededRandom } from '../../models/lib/seeded-random.ts';
import { endsBefore } from '../support/ends-before.ts';
import { apiGatewayV2, lambdaContext, readResult, type TestRequest } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import {
  type Answer,
  countIn,
  countOf,
  type Fleet,
  packageTask,
  ROUTE,
  type Task,
} from '../support/state-processes.ts';
import { openProxy, type StoreProxy } from '../support/stores/proxy.ts';
import { isRedisInstalled } from '../support/stores/redis-process.ts';
import {
  type Environment,
  type RunningStore,
  STORE_NAMES,
  STORES,
  type StoreName,
} from '../support/stores/running-stores.ts';

const MODELS = fileURLToPath(new URL('../models/state', import.meta.url));
const PROCESSES = 4;
const FEEDBACKS = 120;
const AT_ONCE = 12;
const KILLS = 25;
const SEED = 7;
/** Longer than any of the calls that are expected to succeed. */
const LONG_MS = 20_000;
const SHORT_MS = 1600;

/** A state in one value of the store, and one in shards, by the files of their models. */
const KINDS = ['whole', 'merged'] as const;
type Kind = (typeof KINDS)[number];
const FILES: Readonly<Record<Kind, string>> = { whole: 'Counter', merged: 'MergedCounter' };

let tasks: Readonly<Record<Kind, Task>>;
const stores = new Map<string, RunningStore>();
const closes: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const packaged = (kind: Kind) => packageTask('Counter', join(MODELS, `${FILES[kind]}.ts`));
  tasks = { whole: await packaged('whole'), merged: await packaged('merged') };
  for (const name of STORE_NAMES) {
    stores.set(name, await STORES[name]());
  }
}, 60_000);

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closes.splice(0)) {
    await close();
  }
});

afterAll(async () => {
  await Promise.all(Object.values(tasks).map((task) => task.close()));
  for (const store of stores.values()) {
    await store.close();
  }
});

test.runIf(process.env.CI && !isRedisInstalled)('redis-server is installed where CI runs', () => {
  expect.fail('redis-server is not installed: apt-get install redis-server');
});

describe.each(STORE_NAMES.flatMap((name) => KINDS.map((kind) => [kind, name] as const)))(
  'the packaged zip in 4 processes that share a %s state in %s',
  (kind, name) => {
    test('counts every feedback that was answered 200', async () => {
      const environment = newState(name);
      const fleet = await startFleet(environment, kind);
      const answers = await Promise.all(times(FEEDBACKS, (index) => fleet.send(feedback(), index)));
      expect(statuses(answers)).toEqual({ 200: FEEDBACKS });
      expect(await countOf(tasks[kind], environment)).toBe(FEEDBACKS);
    });

    test('applies an Idempotency-Key that comes 50 times at once only once', async () => {
      const environment = newState(name);
      const fleet = await startFleet(environment, kind);
      const key = randomUUID();
      const answers = await Promise.all(times(50, (index) => fleet.send(feedback(key), index)));
      expect(statuses(answers)).toEqual({ 200: 50 });
      expect(new Set(answers.map((answer) => answer?.body)).size).toBe(1);
      expect(await countOf(tasks[kind], environment)).toBe(1);
    });

    test('counts each key once when processes are killed at random points', async () => {
      const environment = newState(name);
      const fleet = await startFleet(environment, kind);
      const random = new SeededRandom(SEED);
      let isKilling = true;
      let keys = 0;
      let unanswered = 0;
      const work = async (index: number) => {
        for (let turn = index; isKilling || keys < FEEDBACKS; keys++) {
          const key = randomUUID();
          const send = () => fleet.send(feedback(key), turn++);
          for (let answer = await send(); answer?.status !== 200; answer = await send()) {
            unanswered++;
          }
        }
      };
      const kill = async () => {
        for (const _ of times(KILLS, () => 0)) {
          const index = Math.floor(random.next() * PROCESSES);
          // It has started, and is at work again.
          await fleet.send(feedback(randomUUID()), index).then(() => keys++);
          await after(random.next() * 10);
          await fleet.kill(index);
        }
        isKilling = false;
      };
      await Promise.all([kill(), ...times(AT_ONCE, work)]);
      expect(unanswered).toBeGreaterThan(0);
      expect(await countOf(tasks[kind], environment)).toBe(keys);
      console.log(`${kind}, ${name}: ${keys} keys, ${unanswered} calls repeated because of ${KILLS} kills`);
    }, 40_000);
  },
);

describe.each(STORE_NAMES.filter((name) => name !== 'file'))(
  'a state in %s, behind a bad network,',
  (name) => {
    test.each(KINDS)('counts every feedback once when replies of the store are lost: %s', async (kind) => {
      const proxy = await openProxyTo(name, 0.05);
      const environment = newState(name, proxy);
      const fleet = await startFleet(environment, kind);
      const answers = await Promise.all(times(FEEDBACKS, (index) => fleet.send(feedback(), index)));
      expect(statuses(answers)).toEqual({ 200: FEEDBACKS });
      expect(proxy.dropped).toBeGreaterThan(0);
      console.log(`${name}: ${proxy.dropped} replies lost`);
      proxy.share = 0;
      expect(await countOf(tasks[kind], environment)).toBe(FEEDBACKS);
    });

    test('answers 503 when the time is over, and such a feedback is counted once or not at all', async () => {
      const proxy = await openProxyTo(name, 0.05);
      const { instances, count } = await deployFour(newState(name, proxy));
      const random = new SeededRandom(SEED);
      const answers = await Promise.all(
        times(FEEDBACKS, (index) => send(instances, index, feedback(), 1 + random.next() * 400)),
      );
      const { 200: acknowledged = 0, 503: refused = 0 } = statuses(answers);
      expect(acknowledged + refused).toBe(FEEDBACKS);
      expect(refused).toBeGreaterThan(0);
      proxy.share = 0;
      const counted = await count();
      console.log(`${name}: ${acknowledged} answered 200, ${refused} 503, ${counted} counted`);
      expect(counted).toBeGreaterThanOrEqual(acknowledged);
      expect(counted).toBeLessThanOrEqual(FEEDBACKS);
    });

    test.each(KINDS)('counts a key once that is repeated until it is answered 200: %s', async (kind) => {
      const proxy = await openProxyTo(name, 0.05);
      const { instances, count } = await deployFour(newState(name, proxy), kind);
      const random = new SeededRandom(SEED);
      let refused = 0;
      await Promise.all(
        times(FEEDBACKS, async (index) => {
          const request = feedback(randomUUID());
          let leftMs = 1 + random.next() * 400;
          for (let turn = index; ; turn++, leftMs = LONG_MS) {
            const { status } = await send(instances, turn, request, leftMs);
            if (status === 200) {
              return;
            }
            expect(status).toBe(503);
            refused++;
          }
        }),
      );
      expect(refused).toBeGreaterThan(0);
      console.log(`${name}: ${refused} answers 503`);
      proxy.share = 0;
      expect(await count()).toBe(FEEDBACKS);
    });

    test('counts a feedback once whose reply is lost while another instance writes hundreds', async () => {
      const proxy = await openProxyTo(name);
      const environment = newState(name);
      const behind = await deployOne({ ...environment, ...storeOf(name).environment(proxy.address) });
      const other = await deployOne(environment);
      await send([behind], 0, feedback(), LONG_MS);
      proxy.forget('replies');
      const late = send([behind], 0, feedback(), LONG_MS);
      await vi.waitFor(async () => expect(countIn(await other.send(ROUTE))).toBe(2), { interval: 1 });
      await Promise.all(times(300, () => send([other], 0, feedback(), LONG_MS)));
      expect((await late).status).toBe(200);
      expect(countIn(await other.send(ROUTE))).toBe(302);
    });

    test.each([
      ['down', 0],
      // A write that was on its way may still arrive: one, as the others expect the version that it replaces.
      ['stalled', 1],
    ] as const)('answers 503 in time while the store is %s', async (state, late) => {
      const proxy = await openProxyTo(name);
      const { instances, count } = await deployFour(newState(name, proxy));
      const requests = times(8, () => feedback(randomUUID()));
      const sendAll = (leftMs: number) =>
        Promise.all(requests.map((request, index) => send(instances, index, request, leftMs)));
      for (const index of times(PROCESSES, (index) => index)) {
        await send(instances, index, feedback(), LONG_MS);
      }

      proxy.state = state;
      const refused = await endsBefore(SHORT_MS, () => sendAll(SHORT_MS));
      expect(statuses(refused)).toEqual({ 503: requests.length });
      for (const { headers } of refused) {
        expect(headers['retry-after']).toBe('1');
      }

      proxy.state = 'up';
      // Nothing of what was refused stays in the memory of an instance.
      const counted = await count();
      expect(counted).toBeGreaterThanOrEqual(PROCESSES);
      expect(counted).toBeLessThanOrEqual(PROCESSES + late);
      expect(statuses(await sendAll(LONG_MS))).toEqual({ 200: requests.length });
      expect(await count()).toBe(PROCESSES + requests.length);
    });
  },
);

/** The environment of a state of its own, in a store that other states are in too. */
function newState(name: StoreName, proxy?: StoreProxy): Environment {
  return {
    ...storeOf(name).environment(proxy?.address),
    STATE_MAX_AGE_MS: '0',
    SELDON_DEPLOYMENT_ID: randomUUID(),
  };
}

function storeOf(name: StoreName): RunningStore {
  return stores.get(name) as RunningStore;
}

async function openProxyTo(name: StoreName, share = 0): Promise<StoreProxy> {
  const proxy = await openProxy(storeOf(name).address as string, { share, seed: SEED });
  closes.push(() => proxy.close());
  return proxy;
}

async function startFleet(environment: Environment, kind: Kind): Promise<Fleet> {
  const fleet = await tasks[kind].start('send-feedback', environment, PROCESSES);
  closes.push(() => fleet.close());
  return fleet;
}

/** Four instances in this process, which can be told how much time is left. */
async function deployFour(environment: Environment, kind: Kind = 'whole') {
  const instances: Deployment[] = [];
  for (const _ of times(PROCESSES, () => 0)) {
    instances.push(await deployOne(environment, kind));
  }
  return { instances, count: async () => countIn(await (instances[0] as Deployment).send(ROUTE)) };
}

/** An instance that has been called. */
async function deployOne(environment: Environment, kind: Kind = 'whole'): Promise<Deployment> {
  const instance = deploy({ ...environment, MODEL_DIR: MODELS, MODEL_NAME: `${FILES[kind]}.Counter` });
  await instance.load('route', 'send-feedback');
  await instance.send(ROUTE);
  return instance;
}

async function send(
  instances: readonly Deployment[],
  index: number,
  request: TestRequest,
  leftMs: number,
): Promise<Answer> {
  const endAt = performance.now() + leftMs;
  const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
  const instance = instances[index % instances.length] as Deployment;
  return readResult(await instance.invoke('send-feedback', apiGatewayV2(request), context));
}

function feedback(idempotencyKey?: string): TestRequest {
  return {
    method: 'POST',
    path: '/send-feedback',
    body: '{"reward":1}',
    headers: {
      'content-type': 'application/json',
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
  };
}

/** How many answers have which status; 0: none came. */
function statuses(answers: readonly (Answer | undefined)[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const answer of answers) {
    counts[answer?.status ?? 0] = (counts[answer?.status ?? 0] ?? 0) + 1;
  }
  return counts;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
