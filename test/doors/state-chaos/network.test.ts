import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { SeededRandom } from '../../../models/lib/seeded-random.ts';
import { endsBefore } from '../../support/ends-before.ts';
import { apiGatewayV2, lambdaContext, readResult, type TestRequest } from '../../support/events.ts';
import { type Deployment, deploy } from '../../support/functions.ts';
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
import { type Answer, countIn, ROUTE } from '../../support/state-processes.ts';
import { type Environment, STORE_NAMES } from '../../support/stores/running-stores.ts';

/** Longer than any of the calls that are expected to succeed. */
const LONG_MS = 20_000;
const SHORT_MS = 1600;

const { newState, environmentBehind, openProxyTo } = openStores();

describe.each(STORE_NAMES.filter((name) => name !== 'file'))(
  'a state in %s, behind a bad network,',
  (name) => {
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
      const behind = await deployOne({ ...environment, ...environmentBehind(name, proxy) });
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
