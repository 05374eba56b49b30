import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { AWS_CREDENTIALS } from '../support/stores/aws-settings.ts';
import { type FakeDynamodb, openFakeDynamodb, refusal } from '../support/stores/fake-dynamodb.ts';

// What a state in shards costs: requests to the store, by a fake of it that counts them.

let dynamodb: FakeDynamodb;

beforeEach(async () => {
  dynamodb = await openFakeDynamodb();
});

afterEach(() => {
  dynamodb.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function instance(maxAgeMs = 0, model = 'Tally'): Deployment {
  return deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: model,
    STATE_URL: 'dynamodb://the-table',
    STATE_MAX_AGE_MS: String(maxAgeMs),
    METRICS_URL: '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
  });
}

async function post(functions: Deployment, path: string, body: string, key?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && { 'idempotency-key': key }),
  };
  const answer = await functions.send({ method: 'POST', path, body, headers });
  return { code: answer.status, ...JSON.parse(answer.body as string) };
}

const feedback = (functions: Deployment, key?: string) =>
  post(functions, '/send-feedback', '{"request":{"data":{"ndarray":["x"]}},"reward":1}', key);

async function count(functions: Deployment): Promise<unknown> {
  return (await post(functions, '/route', '{"data":{"ndarray":[1]}}')).data?.ndarray[0][0];
}

const times = (many: number) => Array.from({ length: many }, (_, index) => index);

describe('a state in shards', () => {
  test.each([0, 60_000])('is read by one request, with STATE_MAX_AGE_MS %i', async (maxAgeMs) => {
    expect(await count(instance(maxAgeMs))).toBe(0);
    expect(dynamodb.counts).toEqual({ BatchGetItem: 1 });
  });

  test('is not read for a feedback but for the shards that it needs', async () => {
    const functions = instance();
    await feedback(functions);
    dynamodb.counts = {};
    await feedback(functions);
    expect(dynamodb.counts).toEqual({ PutItem: 1 });
  });

  test('is not read when another instance was faster: the refusal says what is there', async () => {
    const [one, other] = [instance(60_000), instance(60_000)];
    await feedback(one, 'k0');
    await feedback(other, 'k0');
    // The shard of a key that comes often.
    for (const nth of times(40)) {
      await feedback(one, `k${nth}`);
    }
    dynamodb.counts = {};
    for (const nth of times(40)) {
      await feedback(other, `l${nth}`);
    }
    expect(dynamodb.counts.BatchGetItem).toBeUndefined();
    expect(await count(instance())).toBe(80);
  });

  test('gets fifty feedbacks at once without keys by three writes at most', async () => {
    const functions = instance();
    await feedback(functions);
    dynamodb.counts = {};
    const answers = await Promise.all(times(50).map(() => feedback(functions)));
    expect(answers.every(({ code }) => code === 200)).toBe(true);
    expect(dynamodb.counts.PutItem).toBeLessThanOrEqual(3);
    expect(await count(functions)).toBe(51);
  });

  test('gets three hundred feedbacks at once with keys by few writes to each shard, and forgets none', async () => {
    const functions = instance();
    await feedback(functions);
    dynamodb.counts = {};
    const send = () => Promise.all(times(300).map((nth) => feedback(functions, `k${nth}`)));
    const first = await send();
    expect(dynamodb.counts.PutItem).toBeLessThanOrEqual(3 * 16);
    expect(await send()).toEqual(first);
    expect(await count(functions)).toBe(301);
  });

  test('remembers the last 256 keys, as any state does', async () => {
    const functions = instance();
    for (const nth of times(300)) {
      await feedback(functions, `k${nth}`);
    }
    const other = instance();
    for (const nth of times(256)) {
      await feedback(other, `k${nth + 44}`);
    }
    expect(await count(other)).toBe(300);
  });

  test('remembers the last 256 keys, also those from before its class had merge', async () => {
    const before = instance(0, 'TallyBefore.Tally');
    for (const nth of times(256)) {
      await feedback(before, `k${nth}`);
    }
    const after = instance();
    for (const nth of times(100)) {
      await feedback(after, `l${nth}`);
    }
    for (const nth of times(156)) {
      await feedback(after, `k${nth + 100}`);
    }
    for (const nth of times(100)) {
      await feedback(after, `l${nth}`);
    }
    expect(await count(after)).toBe(356);
  });

  test('that cannot be read for a while is as it was, and the log says it once', async () => {
    const functions = instance();
    for (const nth of times(40)) {
      await feedback(functions, `k${nth}`);
    }
    expect(await count(functions)).toBe(40);
    const lines = captureLog();
    dynamodb.trouble = ({ operation }) =>
      operation === 'PutItem' ? undefined : refusal('ThrottlingException', 'slowly');
    expect(await count(functions)).toBe(40);
    const told = () => lines().filter(({ message }) => message.includes('an older state is used'));
    expect(told()).toMatchObject([{ level: 'warn', key: 'persistence_0_0_0' }]);
    await count(functions);
    expect(told()).toHaveLength(2);
  });
});
