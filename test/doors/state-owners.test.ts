import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeEnvelope, encodeEnvelope } from '../../src/runtime/state/envelope.ts';
import { openStore } from '../../src/runtime/stores/index.ts';
import type { Store, Stored } from '../../src/runtime/stores/store.ts';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_SETTINGS } from '../support/stores/aws-settings.ts';

// Ids may contain the `_` that joins them to a key, so different ids can make the same one.

type Ids = Record<string, string>;

const FIRST: Ids = { SELDON_DEPLOYMENT_ID: 'd', PREDICTOR_ID: 'a_b', PREDICTIVE_UNIT_ID: 'c' };
const OTHERS: Ids[] = [
  { SELDON_DEPLOYMENT_ID: 'd', PREDICTOR_ID: 'a', PREDICTIVE_UNIT_ID: 'b_c' },
  { SELDON_DEPLOYMENT_ID: 'd_a', PREDICTOR_ID: 'b', PREDICTIVE_UNIT_ID: 'c' },
];
const KEY = 'persistence_d_a_b_c';

let folder: string;
let url: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-owners-'));
  url = pathToFileURL(folder).href;
  store = await openStore(url, AWS_SETTINGS);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A deployment with a store that it shares with all others of the test. */
async function start(ids: Ids, more: Record<string, string> = {}): Promise<Deployment> {
  const functions = deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Counter',
    STATE_URL: url,
    STATE_MAX_AGE_MS: '0',
    METRICS_URL: '',
    ...ids,
    ...more,
  });
  await functions.load('route', 'send-feedback', 'metrics');
  // All that it imports lazily is its own.
  await functions.send({ method: 'POST', path: '/route', body: '{"data":{"ndarray":[1]}}' });
  return functions;
}

async function send({ send }: Deployment, path: '/route' | '/send-feedback') {
  const body = path === '/route' ? '{"data":{"ndarray":[1]}}' : '{"reward":1}';
  const answer = await send({ method: 'POST', path, body });
  return { status: answer.status, message: JSON.parse(answer.body as string) };
}

const counted = (count: number) => ({ status: 200, message: { data: { ndarray: [[count]] } } });

/** The value under a key, which is there. */
async function stored(key: string): Promise<Stored> {
  const found = await store.get(key, 1000);
  expect(found, key).toBeDefined();
  return found as Stored;
}

describe.each(OTHERS)('a state whose key %j could have made, too', (other) => {
  const refused = {
    status: 500,
    message: {
      status: {
        reason: 'MICROSERVICE_BAD_STATE',
        info: expect.stringContaining(
          `is of deployment, predictor and unit ${JSON.stringify(Object.values(FIRST))}; ` +
            `expected ${JSON.stringify(Object.values(other))}`,
        ),
      },
    },
  };

  test('is refused to them, and left untouched', async () => {
    const first = await start(FIRST);
    expect((await send(first, '/send-feedback')).status).toBe(200);
    const before = await stored(KEY);
    const second = await start(other);
    expect(await send(second, '/send-feedback')).toMatchObject(refused);
    expect(await send(second, '/route')).toMatchObject(refused);
    expect(await stored(KEY)).toEqual(before);
    expect((await send(first, '/send-feedback')).status).toBe(200);
    expect(await send(await start(FIRST), '/route')).toMatchObject(counted(2));
  });

  test('is of those who write first, where both have begun without one', async () => {
    const [first, second] = [await start(FIRST), await start(other)];
    expect((await send(first, '/send-feedback')).status).toBe(200);
    expect(await send(second, '/send-feedback')).toMatchObject(refused);
    expect(await send(first, '/route')).toMatchObject(counted(1));
  });

  test('is of those who write first, where an older version has left it', async () => {
    expect((await send(await start(FIRST), '/send-feedback')).status).toBe(200);
    const { value, version } = await stored(KEY);
    const { owner, ...old } = decodeEnvelope(value, KEY);
    expect(owner).toBeDefined();
    expect(await store.put(KEY, encodeEnvelope(old), version, 1000)).toMatchObject({ isStored: true });
    const [first, second] = [await start(FIRST), await start(other)];
    expect(await send(first, '/route')).toMatchObject(counted(1));
    expect((await send(first, '/send-feedback')).status).toBe(200);
    expect(await send(second, '/send-feedback')).toMatchObject(refused);
    expect(await send(first, '/route')).toMatchObject(counted(2));
  });

  test('is apart from their metrics, which are refused as well', async () => {
    const shared = { METRICS_URL: url, METRICS_FLUSH_MS: '0', STATE_URL: '' };
    const first = await start(FIRST, shared);
    const lines = captureLog();
    const second = await start(other, shared);
    expect(lines().filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: expect.stringContaining('the metrics could not be stored'),
        error: { message: refused.message.status.info },
      },
    ]);
    const metrics = { method: 'GET', path: '/metrics' };
    expect((await first.send(metrics)).status).toBe(200);
    const { status, body } = await second.send(metrics);
    expect({ status, message: JSON.parse(body as string) }).toMatchObject(refused);
  });
});

test('a key that only its own ids can make stays as it was, and its value too', async () => {
  const ids = { SELDON_DEPLOYMENT_ID: 'd', PREDICTOR_ID: '', PREDICTIVE_UNIT_ID: 'u-1' };
  await send(await start(ids), '/send-feedback');
  const { value } = await stored('persistence_d_0_u-1');
  expect(decodeEnvelope(value, KEY)).not.toHaveProperty('owner');
});

test('an id that is not set is 0, in the key and in whose state it is', async () => {
  await send(await start({ SELDON_DEPLOYMENT_ID: 'd_e' }), '/send-feedback');
  await stored('persistence_d_e_0_0');
  const same = await start({ SELDON_DEPLOYMENT_ID: 'd_e', PREDICTOR_ID: '0', PREDICTIVE_UNIT_ID: '' });
  expect(await send(same, '/route')).toMatchObject(counted(1));
});
