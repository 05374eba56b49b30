import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Entry, type JournalInstance, startJournal, type Written } from '../support/journal.ts';
import { type FakeDynamodb, openFakeDynamodb, refusal } from '../support/stores/fake-dynamodb.ts';

const INSTANCES = 3;
const RUNS = 40;
/** Stores at once, each with a part of the runs: these wait most of their time. */
const LANES = 4;

/** A store, and the instances that write to it. */
interface Lane {
  readonly dynamodb: FakeDynamodb;
  readonly instances: readonly JournalInstance[];
}

let opened: FakeDynamodb[] = [];

beforeEach(() => {
  vi.stubGlobal('hang', hang);
});

afterEach(() => {
  for (const dynamodb of opened) {
    dynamodb.close();
  }
  opened = [];
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

async function openLane(count: number): Promise<Lane> {
  const dynamodb = await openFakeDynamodb();
  opened.push(dynamodb);
  const instances: JournalInstance[] = [];
  for (let index = 0; index < count; index++) {
    const instance = await startJournal(dynamodb.url);
    await instance.write({ id: `warm${index}`, key: `warm${index}` });
    instances.push(instance);
  }
  return { dynamodb, instances };
}

/** Holds a law for calls of `count` instances, in all lanes at once. */
async function hold(
  count: number,
  law: (lane: Lane, calls: readonly Call[], ofStore: readonly string[]) => Promise<void>,
): Promise<void> {
  const lanes: Lane[] = [];
  while (lanes.length < LANES) {
    lanes.push(await openLane(count));
  }
  const calls = fc.array(call, { minLength: 2, maxLength: 30 });
  const held = lanes.map((lane) =>
    fc.assert(
      fc.asyncProperty(calls, fates, (each, ofStore) => law(lane, each, ofStore)),
      { numRuns: RUNS / LANES },
    ),
  );
  // All end before the stores do, also where one has failed.
  await Promise.allSettled(held);
  await Promise.all(held);
}

/** How a call of the model takes its time: not at all, some turns, or longer than others wait for it. */
async function hang(_id: string, what: string): Promise<void> {
  if (what === 'slow') {
    await new Promise((done) => setTimeout(done, 130));
  }
  for (let turns = Number(/\d/.exec(what)?.[0] ?? 0); turns > 0; turns--) {
    await turn();
  }
}

/**
 * What becomes of the requests to the store, in turn, counted apart for reads and writes: who writes again reads
 * first. Each second one is done, so that none is in vain for long.
 */
const fates = fc
  .array(fc.constantFrom('done', 'lost', 'reply lost', 'throttled', 'late'), { minLength: 1, maxLength: 8 })
  .map((each) => each.flatMap((fate) => [fate, 'done']));

const call = fc.record({
  instance: fc.nat(INSTANCES - 1),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('', '1', '3') },
    { weight: 3, arbitrary: fc.constant('fails') },
    { weight: 1, arbitrary: fc.constant('slow') },
  ),
  /** Few, so that they come again; undefined: none. */
  key: fc.option(fc.nat(5), { nil: undefined, freq: 2 }),
  /** Turns of the event loop until the next call. */
  pause: fc.constantFrom(0, 0, 0, 1, 4, 30),
  leftMs: fc.oneof({ weight: 9, arbitrary: fc.constant(20_000) }, { weight: 1, arbitrary: fc.nat(60) }),
});

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

let runs = 0;

/** Sends calls while the store does as `ofStore` says; gives the answers, and the part of the journal that they made. */
async function send({ dynamodb, instances }: Lane, calls: readonly Call[], ofStore: readonly string[]) {
  const run = ++runs;
  const before = await (instances[0] as JournalInstance).read();
  const entries = calls.map(({ what, key, leftMs }, index): Entry => {
    // Whoever repeats a call sends the same.
    const name = key === undefined ? `${run}.${index}` : `${run}.key${key}`;
    return { id: name, what: key === undefined ? what : '', leftMs, ...(key !== undefined && { key: name }) };
  });
  const requests = new Map<string, number>();
  dynamodb.trouble = async ({ operation }) => {
    const earlier = requests.get(operation) ?? 0;
    requests.set(operation, earlier + 1);
    const now = ofStore[earlier % ofStore.length];
    if (now === 'late') {
      await turn();
      await turn();
    }
    if (now === 'throttled') {
      return refusal('ThrottlingException', 'slowly');
    }
    return now === 'lost' || now === 'reply lost'
      ? { status: 500, body: '', isCarriedOut: now === 'reply lost' }
      : undefined;
  };
  const answers: Promise<Written>[] = [];
  for (const [index, { instance, pause }] of calls.entries()) {
    answers.push((instances[instance % instances.length] as JournalInstance).write(entries[index] as Entry));
    for (let turns = 0; turns < pause; turns++) {
      await turn();
    }
  }
  const written = await Promise.all(answers);
  dynamodb.trouble = () => undefined;
  // What an instance had begun for calls that were answered 503 has ended when it answers the next one.
  for (const [index, instance] of instances.entries()) {
    await instance.write({ id: `${run}.end${index}` });
  }
  const after = await (instances[0] as JournalInstance).read();
  expect(after.slice(0, before.length)).toEqual(before);
  return { entries, written, after };
}

describe.each([1, INSTANCES])('calls of %i instances', (count) => {
  test('leave the state of some order in which each that is acknowledged was made once, and no other', async () => {
    let lost = 0;
    await hold(count, async (lane, calls, ofStore) => {
      const { entries, written, after } = await send(lane, calls, ofStore);
      for (const [index, { status, place }] of written.entries()) {
        const { id, what } = entries[index] as Entry;
        expect([200, 422, 503]).toContain(status);
        const times = after.filter((each) => each === id).length;
        expect(times).toBeLessThanOrEqual(1);
        if (what === 'fails') {
          expect([times, status === 200]).toEqual([0, false]);
        } else if (status === 200) {
          // Its run saw exactly what is before it in the end: the order is serial.
          expect(after[(place as number) - 1]).toBe(id);
        } else {
          expect(status).toBe(503);
          lost++;
        }
      }
    });
    console.log(`${count} instances: ${lost} calls answered 503`);
  }, 120_000);
});

test('calls of one instance are made in the order in which they come', async () => {
  await hold(1, async (lane, calls, ofStore) => {
    const { written } = await send(
      lane,
      calls.map((each) => ({ ...each, key: undefined, leftMs: 20_000 })),
      ofStore,
    );
    const places = written.flatMap(({ place }) => place ?? []);
    expect(places).toEqual([...places].sort((left, right) => left - right));
  });
}, 120_000);
