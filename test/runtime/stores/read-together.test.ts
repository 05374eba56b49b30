import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDynamodb } from '../../../src/runtime/stores/dynamodb/dynamodb.ts';
import type { Store } from '../../../src/runtime/stores/store.ts';
import { AWS_SETTINGS } from '../../support/stores/aws-settings.ts';
import { type FakeDynamodb, openFakeDynamodb, refusal } from '../../support/stores/fake-dynamodb.ts';

const KEYS = ['a', 'b', 'c', 'none'] as const;

let dynamodb: FakeDynamodb;
let store: Store;

beforeEach(async () => {
  dynamodb = await openFakeDynamodb();
  store = await openDynamodb(new URL('dynamodb://the-table'), {
    ...AWS_SETTINGS,
    dynamodbEndpoint: dynamodb.url,
  });
  for (const key of KEYS.slice(0, 3)) {
    await store.put(key, Buffer.from(`of ${key}`), undefined, 5_000);
  }
  await store.readTogether?.();
  dynamodb.counts = {};
});

afterEach(async () => {
  await store.close();
  dynamodb.close();
});

/** An answer of BatchGetItem with the items of some keys, which leaves others for later. */
function partly(found: readonly string[], unread: readonly string[]) {
  const Keys = unread.map((S) => ({ key: { S } }));
  const body = {
    Responses: { 'the-table': found.map((key) => dynamodb.items.get(key)) },
    UnprocessedKeys: { 'the-table': { Keys, ConsistentRead: true } },
  };
  return { status: 200, body: JSON.stringify(body) };
}

async function read(timeoutMs = 5_000): Promise<unknown[]> {
  const all = await Promise.allSettled(KEYS.map((key) => store.get(key, timeoutMs)));
  return all.map((each) =>
    each.status === 'rejected' ? each.reason : each.value && Buffer.from(each.value.value).toString(),
  );
}

describe('several items of a table in DynamoDB', () => {
  test('are read by one request', async () => {
    expect(await read()).toEqual(['of a', 'of b', 'of c', undefined]);
    expect(dynamodb.counts).toEqual({ BatchGetItem: 1 });
  });

  test('are read once where they are wanted several times, or one after another', async () => {
    await store.readTogether?.();
    const [one, other] = await Promise.all([store.get('a', 5_000), store.get('a', 5_000)]);
    expect([one, other].map((each) => each && Buffer.from(each.value).toString())).toEqual(['of a', 'of a']);
    expect((await store.get('b', 5_000))?.version).toBe((await store.get('b', 5_000))?.version);
    expect(dynamodb.counts).toEqual({ BatchGetItem: 1, GetItem: 2 });
  });

  test('are read by a hundred, of which DynamoDB takes no more', async () => {
    const keys = Array.from({ length: 205 }, (_, nth) => `k${nth}`);
    await Promise.all(keys.map((key) => store.put(key, Buffer.from(`of ${key}`), undefined, 5_000)));
    dynamodb.counts = {};
    const all = await Promise.all(keys.map((key) => store.get(key, 5_000)));
    expect(all.map((each) => each && Buffer.from(each.value).toString())).toEqual(
      keys.map((key) => `of ${key}`),
    );
    expect(dynamodb.counts).toEqual({ BatchGetItem: 3 });
  });

  test('are asked for again where the answer leaves them out', async () => {
    dynamodb.trouble = ({ nth }) =>
      [undefined, partly(['b'], ['c', 'a', 'none']), partly([], ['none', 'a', 'c'])][nth];
    expect(await read()).toEqual(['of a', 'of b', 'of c', undefined]);
    expect(dynamodb.counts).toEqual({ BatchGetItem: 3 });
  });

  test('that are left out for good are not taken for missing, and the others are there', async () => {
    dynamodb.trouble = () => partly(['a', 'b'], ['c', 'none']);
    const [a, b, ...others] = await read(200);
    expect([a, b]).toEqual(['of a', 'of b']);
    expect(others.map(String)).toEqual([
      'Error: DynamoDB BatchGetItem on table the-table: c was not read in 200 ms',
      'Error: DynamoDB BatchGetItem on table the-table: none was not read in 200 ms',
    ]);
  });

  test.each([
    ['of another table', { status: 200, body: '{"Responses":{"another":[]}}' }],
    ['of a proxy', { status: 200, body: '{}' }],
    ['that refuses it', refusal('ThrottlingException', 'slowly')],
  ])('are not taken for missing after an answer %s', async (_, answer) => {
    dynamodb.trouble = () => answer;
    const all = await read();
    expect(all.map((each) => each instanceof Error)).toEqual([true, true, true, true]);
    expect(String(all[0])).toContain('DynamoDB BatchGetItem on table the-table: HTTP ');
  });
});
