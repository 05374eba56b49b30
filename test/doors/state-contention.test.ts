import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hammerFeedback } from '../support/state-hammer.ts';
import { countOf, packageTask, type Task } from '../support/state-processes.ts';
import { isRedisInstalled } from '../support/stores/redis-process.ts';
import { type RunningStore, STORE_NAMES, STORES } from '../support/stores/running-stores.ts';

const COUNTER = fileURLToPath(new URL('../models/state/Counter.ts', import.meta.url));

let zip: Task;
let store: RunningStore;

beforeAll(async () => {
  zip = await packageTask('Counter', COUNTER);
}, 60_000);

afterEach(() => store?.close());

afterAll(() => zip.close());

test.runIf(process.env.CI && !isRedisInstalled)('redis-server is installed where CI runs', () => {
  expect.fail('redis-server is not installed: apt-get install redis-server');
});

// Metrics are on, in the same store, as they are by default. The benchmark `state-contention` does the same
// with four times as many, and fails, too, when a count is wrong.
test.each(STORE_NAMES)(
  'the packaged zip in 4 processes of 4 callers each counts 2,000 feedbacks in %s',
  async (name) => {
    store = await STORES[name]();
    const environment = { ...store.environment(), SELDON_DEPLOYMENT_ID: randomUUID() };
    const callers = { processes: 4, writers: 4, feedbacks: 125, hasKeys: true };
    const result = await hammerFeedback({ ...callers, task: zip.folder, environment });
    expect(await countOf(zip, environment)).toBe(2000);
    console.log(name, result);
  },
  180_000,
);
