import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../src/runtime/stores/index.ts';
import type { Store, Stored } from '../../../src/runtime/stores/store.ts';
import { type Acknowledged, type Job, type Report, readTally } from './hammer-job.ts';
import { openWorkerSide } from './worker-side.ts';

// A process or a thread of hammer(): counts in a store.

// As src/runtime/state/round-trips.ts does it: a retry at once, then full jitter, ever less of it.
const FREE_RETRIES = 1;
const BACKOFF_ROUND_TRIPS = 16;
const FEWER_ROUND_TRIPS = 2;

const { job, whenTold, report } = openWorkerSide<Job, Report, Acknowledged>();
const { url, settings, key, name, writers, increments, timeoutMs } = job;
const latenciesMs: number[] = [];
let conflicts = 0;
let roundTripMs = 1;
const errors: string[] = [];

openStore(url, settings).then((store) => {
  whenTold(async () => {
    await Promise.all(Array.from({ length: writers }, (_, index) => count(store, `${name}.${index}`)));
    await store.close();
    return { latenciesMs, conflicts, errors };
  });
});

async function count(store: Store, writer: string): Promise<void> {
  let held: Stored | undefined;
  for (let nth = 1; nth <= increments; nth++) {
    // Each is a request of its own: a store that never waits would else let nobody else in.
    await nextTurn();
    const start = performance.now();
    held = await increment(store, writer, nth, held);
    latenciesMs.push(performance.now() - start);
    if (job.isAcknowledging) {
      report({ writer, nth });
    }
  }
}

/** Adds one; returns what is in the store then, if that is known. */
async function increment(
  store: Store,
  writer: string,
  nth: number,
  held: Stored | undefined,
): Promise<Stored | undefined> {
  let last = held;
  for (let retries = 0; ; retries++) {
    try {
      last ??= await store.get(key, timeoutMs);
      const { count, of } = readTally(last?.value);
      // An earlier try whose answer was lost.
      if (of[writer] === nth) {
        return last;
      }
      const value = Buffer.from(JSON.stringify({ count: count + 1, of: { ...of, [writer]: nth } }));
      const start = performance.now();
      const result = await store.put(key, value, last?.version, timeoutMs);
      roundTripMs += (performance.now() - start - roundTripMs) / 8;
      if (result.isStored) {
        return { value, version: result.version };
      }
      conflicts++;
      last = result.current;
      const roundTrips = BACKOFF_ROUND_TRIPS - FEWER_ROUND_TRIPS * (retries - FREE_RETRIES);
      if (retries >= FREE_RETRIES && roundTrips > 0) {
        await sleep(Math.random() * roundTrips * roundTripMs);
        last = undefined;
      }
    } catch (error) {
      errors.push(String(error));
      if (errors.length > 1000) {
        throw error;
      }
      last = undefined;
    }
  }
}
