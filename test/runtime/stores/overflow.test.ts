import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDynamodb } from '../../../src/runtime/stores/dynamodb/dynamodb.ts';
import type { Item, ItemStore } from '../../../src/runtime/stores/dynamodb/item.ts';
import { withOverflow } from '../../../src/runtime/stores/dynamodb/overflow.ts';
import type { Store, StoreSettings } from '../../../src/runtime/stores/store.ts';
import { endsBefore } from '../../support/ends-before.ts';
import { AWS_SETTINGS } from '../../support/stores/aws-settings.ts';
import {
  callDynamodb,
  createTable,
  type DynamodbServer,
  openDynalite,
} from '../../support/stores/dynamodb-servers.ts';
import { openProxy, type StoreProxy } from '../../support/stores/proxy.ts';
import { openS3Server, type S3Server } from '../../support/stores/s3-server.ts';
import { newKey, storeContract } from '../../support/stores/store-suite.ts';

const TABLE = new URL('dynamodb://states');
const OVERFLOW = 's3://states/large';
const LIMIT = 400 * 1024;

let dynalite: DynamodbServer;
let s3: S3Server;
let settings: StoreSettings;
beforeAll(async () => {
  [dynalite, s3] = await Promise.all([openDynalite(), openS3Server()]);
  await createTable(dynalite, TABLE.hostname);
  settings = {
    ...AWS_SETTINGS,
    dynamodbEndpoint: dynalite.url,
    s3Endpoint: s3.url,
    overflowUrl: OVERFLOW,
  };
});
afterAll(() => Promise.all([dynalite.close(), s3.close()]));

storeContract('DynamoDB with overflow', () => openDynamodb(TABLE, settings));
storeContract('overflow of everything', () => withOverflow(openPointers(), OVERFLOW, settings));

const pointers = new Map<string, Item>();

/** Items in this process, that take pointers only. */
function openPointers(): ItemStore {
  return {
    get: async (key) => pointers.get(key),
    async put(key, item, seen) {
      if (pointers.get(key)?.version !== seen) {
        return { isStored: false, current: pointers.get(key) };
      }
      pointers.set(key, item);
      return { isStored: true, current: undefined };
    },
    fits: () => false,
    readTogether: async () => {},
    close: async () => {},
  };
}

let store: Store;
let key: string;
beforeEach(async () => {
  s3.trouble = () => undefined;
  s3.objects.clear();
  s3.requests.length = 0;
  key = newKey();
  store = await openDynamodb(TABLE, settings);
});
afterEach(() => store.close());

/** Larger than an item, and different for each text. */
const large = (text: string) => Buffer.alloc(LIMIT + 1, text);
const small = (text: string) => Buffer.from(text);

async function put(value: Uint8Array, seen?: string, into = store): Promise<string> {
  const result = await into.put(key, value, seen, 5000);
  return result.isStored ? result.version : expect.fail('refused');
}

/** The value that another store reads, as a word. */
async function look(): Promise<string | undefined> {
  const reader = await openDynamodb(TABLE, settings);
  const stored = await reader.get(key, 5000);
  await reader.close();
  return (
    stored &&
    Buffer.from(stored.value)
      .toString()
      .replace(/^(\w+?)\1+\w*$/, '$1')
  );
}

/** The item as it is in the table. */
async function itemOf(key: string): Promise<{ value: { B?: string; S?: string }; version: { S: string } }> {
  const input = { TableName: TABLE.hostname, Key: { key: { S: key } }, ConsistentRead: true };
  return (await callDynamodb(dynalite, 'GetItem', input)).Item as never;
}

const names = () => [...s3.objects.keys()].map((name) => `s3://${name}`);

describe('what is small and what is large', () => {
  const overhead = (key: string) => 'keyvalueversion'.length + key.length + 36;

  test.each([
    ['in the table', 0, 0],
    ['in S3', 1, 1],
  ])('keeps %s what makes an item of 400 kB + %i bytes', async (_, more, objects) => {
    const value = Buffer.alloc(LIMIT - overhead(key) + more, 7);
    await put(value);
    expect(names()).toHaveLength(objects);
    expect(value.equals((await store.get(key, 5000))?.value ?? Buffer.of())).toBe(true);
  });

  test('keeps several megabytes', async () => {
    const value = Buffer.alloc(8_000_000, 'abc');
    const version = await put(value);
    const read = await store.get(key, 5000);
    expect(read?.version).toBe(version);
    expect(value.equals(read?.value ?? Buffer.of())).toBe(true);
  });

  test('has in the item where the object is, and in the object name whose it is', async () => {
    key = 'persistence_my model/1_0_é';
    await put(large('a'));
    const { value } = await itemOf(key);
    expect(value).toEqual({ S: names()[0] });
    expect(value.S).toMatch(/^s3:\/\/states\/large\/persistence_my_model_1_0__\.[\da-f-]{36}$/);
  });

  test('goes from small to large and back, and leaves one object or none', async () => {
    let version: string | undefined;
    for (const [index, value] of [small('1'), large('2'), large('3'), small('4'), large('5')].entries()) {
      version = await put(value, version);
      expect(await look()).toBe(String(index + 1));
      expect(names()).toHaveLength(value.length > LIMIT ? 1 : 0);
    }
  });

  test('reads what was stored before there was an overflow, and after', async () => {
    const plain = await openDynamodb(TABLE, { ...settings, overflowUrl: undefined });
    const version = await put(small('before'), undefined, plain);
    expect(await look()).toBe('before');
    const next = await put(large('x'), version);
    await expect(plain.get(key, 5000)).rejects.toMatchObject({
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: `the state ${key} is at ${names()[0]}: set STATE_OVERFLOW_URL=s3://bucket/prefix`,
    });
    expect(await plain.put(key, small('blind'), version, 5000)).toMatchObject({ isStored: false });
    expect(await look()).toBe('x');
    await put(small('after'), next);
    expect((await plain.get(key, 5000))?.value).toEqual(small('after'));
    await plain.close();
  });

  test('reads from where an earlier overflow was', async () => {
    const version = await put(large('a'));
    await store.close();
    store = await openDynamodb(TABLE, { ...settings, overflowUrl: 's3://states' });
    expect((await store.get(key, 5000))?.version).toBe(version);
    await put(large('b'), version);
    expect(names()).toEqual([expect.stringMatching(/^s3:\/\/states\/persistence/)]);
  });
});

describe('who comes second', () => {
  test('leaves nothing behind', async () => {
    const first = await put(large('a'));
    const second = await put(large('b'), first);
    const [object] = names();
    for (const value of [large('c'), small('c')]) {
      expect(await store.put(key, value, first, 5000)).toMatchObject({ isStored: false });
    }
    expect(names()).toEqual([object]);
    expect((await store.get(key, 5000))?.version).toBe(second);
  });

  test('of 20 at once leaves nothing behind', async () => {
    const first = await put(large('a'));
    const all = Array.from({ length: 20 }, (_, who) => store.put(key, large(`w${who}`), first, 10_000));
    const results = await Promise.all(all);
    expect(results.filter(({ isStored }) => isStored)).toHaveLength(1);
    expect(names()).toEqual([(await itemOf(key)).value.S]);
  });

  test('finds the object gone and reads the item again', async () => {
    const first = await put(large('a'));
    const writer = await openDynamodb(TABLE, settings);
    let isFirst = true;
    s3.trouble = async ({ method }) => {
      if (method !== 'GET' || !isFirst) {
        return;
      }
      isFirst = false;
      await put(large('b'), first, writer);
    };
    const read = await store.get(key, 5000);
    expect(large('b').equals(read?.value ?? Buffer.of())).toBe(true);
    expect(s3.requests.map((request) => request.split(' ')[0])).toEqual([
      'PUT',
      'GET',
      'PUT',
      'DELETE',
      'GET',
    ]);
    await writer.close();
  });

  test('says so when an object is gone for good', async () => {
    await put(large('a'));
    const [object] = names();
    s3.objects.clear();
    await expect(store.get(key, 5000)).rejects.toThrow(
      `the state of ${key} should be at ${object}; there is no such object`,
    );
  });
});

test('a connection to S3 that died unnoticed is replaced', async () => {
  const proxy = await openProxy(new URL(s3.url).host);
  await store.close();
  store = await openDynamodb(TABLE, { ...settings, s3Endpoint: `http://${proxy.address}` });
  const version = await put(large('a'));
  proxy.abandon();
  await put(large('b'), version);
  expect([await look(), names().length, proxy.accepted]).toEqual(['b', 1, 2]);
  await proxy.close();
});

describe('when the writer dies', () => {
  let proxy: StoreProxy;
  let writer: Store;
  beforeEach(async () => {
    proxy = await openProxy(new URL(dynalite.url).host);
    writer = await openDynamodb(TABLE, { ...settings, dynamodbEndpoint: `http://${proxy.address}` });
  });
  afterEach(async () => {
    await writer.close();
    await proxy.close();
  });
  const lose = (method: string, what: 'lost request' | 'lost reply' | 'no reply') => {
    s3.trouble = (request) => (request.method === method ? what : undefined);
  };

  test.each<[string, () => void, string, number]>([
    ['before its object is written', () => lose('PUT', 'lost request'), 'old', 1],
    ['after its object was written', () => lose('PUT', 'lost reply'), 'old', 2],
    [
      'before its pointer is stored',
      () => {
        proxy.state = 'down';
      },
      'old',
      2,
    ],
    [
      'after its pointer was stored',
      () => {
        proxy.share = 1;
      },
      'new',
      2,
    ],
  ])('%s, the state is whole', async (_, die, expected, objects) => {
    const seen = await put(large('old'));
    die();
    await expect(writer.put(key, large('new'), seen, 1000)).rejects.toThrow();
    expect(await look()).toBe(expected);
    expect(names()).toContain((await itemOf(key)).value.S);
    expect(names()).toHaveLength(objects);

    s3.trouble = () => undefined;
    await put(large('next'), (await store.get(key, 5000))?.version);
    expect(await look()).toBe('next');
  });

  test.each<[string, () => void, number]>([
    ['before the old object is deleted', () => lose('DELETE', 'lost request'), 2],
    ['after the old object was deleted', () => lose('DELETE', 'lost reply'), 1],
  ])('%s, the write is done', async (_, die, objects) => {
    const seen = await put(large('old'));
    die();
    expect(await writer.put(key, large('new'), seen, 1000)).toMatchObject({ isStored: true });
    expect(await look()).toBe('new');
    expect(names()).toHaveLength(objects);
  });

  test('a delete that is not answered is waited for no longer than the write may take', async () => {
    const seen = await put(large('old'));
    lose('DELETE', 'no reply');
    const replace = () => writer.put(key, large('new'), seen, 200);
    expect(await endsBefore(2000, replace)).toMatchObject({ isStored: true });
  });

  describe('by SIGKILL', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'overflow-'));
      const contents = `
        import { openDynamodb } from './src/runtime/stores/dynamodb/dynamodb.ts';
        const { settings, key } = JSON.parse(process.argv[2]);
        const store = await openDynamodb(new URL('${TABLE}'), settings);
        for (let count = 1, seen; ; count++) {
          const result = await store.put(key, Buffer.alloc(${LIMIT + 1}, count + ' '), seen, 5000);
          seen = result.version;
          process.send(count);
        }
      `;
      await build({
        stdin: { contents, resolveDir: new URL('../../..', import.meta.url).pathname, loader: 'ts' },
        bundle: true,
        platform: 'node',
        format: 'esm',
        banner: {
          js: `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`,
        },
        outfile: join(folder, 'writer.mjs'),
      });
    });
    afterAll(() => rm(folder, { recursive: true }));

    // The writer's requests to S3: PUT, then PUT and DELETE for each further count.
    test.each([1, 2, 3, 4, 5])(
      'at its request %i to S3, what it was told is stored is there',
      async (nth) => {
        const argument = JSON.stringify({ settings, key });
        const child = spawn(process.execPath, [join(folder, 'writer.mjs'), argument], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        let told = 0;
        child.on('message', (count: number) => {
          told = count;
        });
        let seen = 0;
        s3.trouble = ({ method }) => {
          if (method !== 'GET' && ++seen === nth) {
            child.kill('SIGKILL');
          }
          return undefined;
        };
        await once(child, 'exit');
        const stored = await store.get(key, 5000);
        const count = Number.parseInt(Buffer.from(stored?.value ?? []).toString() || '0', 10);
        expect([told, told + 1]).toContain(count);
        await put(large('next'), stored?.version);
        expect(await look()).toBe('next');
      },
    );
  });
});

test('an overflow that is no s3:// URL is a mistake in the configuration', async () => {
  const opening = openDynamodb(TABLE, { ...settings, overflowUrl: 'file:///tmp' });
  await expect(opening).rejects.toMatchObject({
    reason: 'MICROSERVICE_BAD_PARAMETER',
    message: 'STATE_OVERFLOW_URL: expected s3://bucket/prefix',
    cause: { message: 'file:///tmp: expected s3://bucket/prefix' },
  });
});
