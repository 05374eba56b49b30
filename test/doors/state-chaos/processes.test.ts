import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../models/lib/seeded-random.ts';
import {
  FEEDBACKS,
  FILES,
  feedback,
  KINDS,
  type Kind,
  MODELS,
  openStores,
  PROCESSES,
  SEED,
  statuses,
  times,
} from '../../support/state-chaos.ts';
import { countOf, type Fleet, packageTask, type Task } from '../../support/state-processes.ts';
import { isRedisInstalled } from '../../support/stores/redis-process.ts';
import { type Environment, STORE_NAMES } from '../../support/stores/running-stores.ts';

const AT_ONCE = 12;
const KILLS = 25;

let tasks: Readonly<Record<Kind, Task>>;
const { newState, openProxyTo, closeLater } = openStores();

beforeAll(async () => {
  const packaged = (kind: Kind) => packageTask('Counter', join(MODELS, `${FILES[kind]}.ts`));
  tasks = { whole: await packaged('whole'), merged: await packaged('merged') };
}, 60_000);

afterAll(async () => {
  await Promise.all(Object.values(tasks).map((task) => task.close()));
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
  'the packaged zip in 4 processes whose state is in %s, behind a bad network,',
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
  },
);

async function startFleet(environment: Environment, kind: Kind): Promise<Fleet> {
  const fleet = await tasks[kind].start('send-feedback', environment, PROCESSES);
  closeLater(() => fleet.close());
  return fleet;
}
