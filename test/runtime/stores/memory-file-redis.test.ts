import { execFile } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { toFileName } from '../../../src/runtime/stores/file/file-key.ts';
import { openStore } from '../../../src/runtime/stores/index.ts';
import type { Store } from '../../../src/runtime/stores/store.ts';
import { hammer, NO_SETTINGS, startWriters, tallyOf, type Writers } from '../../support/stores/hammer.ts';
import { openProxy } from '../../support/stores/proxy.ts';
import { isRedisInstalled, type RedisProcess, startRedis } from '../../support/stores/redis-process.ts';
import { createSelfSigned } from '../../support/stores/self-signed.ts';
import { newKey, storeContract } from '../../support/stores/store-suite.ts';

/** Generous: what hangs takes longer, what is slow on a busy machine does not. */
const SOON_MS = 2000;
const ID = '01234567-89ab-4def-8123-456789abcdef';

const open = (url: string) => openStore(url, NO_SETTINGS);

describe('memory', () => {
  storeContract('memory:', () => open('memory:'), { returnsCurrent: true });

  test('is another one under another name', async () => {
    const key = newKey();
    await (await open('memory://one')).put(key, bytes('value'), undefined, SOON_MS);
    expect(await (await open('memory://other')).get(key, SOON_MS)).toBeUndefined();
    expect(textOf((await (await open('memory://one')).get(key, SOON_MS))?.value)).toBe('value');
  });
});

describe('file', () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'file-store-'));
  const url = pathToFileURL(join(root, 'of ü', 'states')).href;
  const folderOf = (key: string) => join(root, 'of ü', 'states', toFileName(key));
  afterAll(() => fs.rmSync(root, { recursive: true }));

  storeContract('file:', () => open(url), { returnsCurrent: true });

  test.each([
    ['persistence_a_b_c', 'persistence_a_b_c'],
    ['persistence_A/b', 'persistence_%41%2fb'],
    ['..', '%2e.'],
    ['.hidden', '%2ehidden'],
    ['50%', '50%25'],
    ['é 🜚', '%c3%a9%20%f0%9f%9c%9a'],
    ['', '%'],
  ])('names the folder of %j %j', (key, name) => {
    expect(toFileName(key)).toBe(name);
  });

  test('gives any two keys folders of their own, in its folder', () => {
    const key = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'.%/~aA2e\\') }),
    );
    const long = fc
      .tuple(key, fc.integer({ min: 60, max: 300 }))
      .map(([text, length]) => text.padEnd(length, 'é'));
    fc.assert(
      fc.property(fc.oneof(key, long), fc.oneof(key, long), (one, other) => {
        const [name, otherName] = [toFileName(one), toFileName(other)];
        expect(name).toMatch(/^[a-z0-9_%~-][a-z0-9_.%~-]{0,199}$/);
        expect(name === otherName).toBe(one === other);
      }),
    );
  });

  test.each([
    ['processes', false],
    ['threads', true],
  ])('loses no increment of 16 writers in 4 %s, and leaves nothing lying about', async (_, areThreads) => {
    const counted = pathToFileURL(join(root, `counted-${areThreads}`));
    const result = await hammer(counted.href, { processes: 4, writers: 4, increments: 60, areThreads });
    expect(result).toMatchObject({ total: 960, errors: [] });
    const left = fs
      .readdirSync(counted)
      .flatMap((folder) => fs.readdirSync(new URL(`${counted.href}/${folder}`)));
    expect(left.sort()).toEqual(['lock.free', 'state']);
  });

  test.each([
    ['processes are killed', 20, false],
    ['threads are terminated', 8, true],
  ])('keeps what was acknowledged when %s, and does not stall the others', async (_, kills, areThreads) => {
    const witness = witnessOf(url, areThreads);
    const victims = Array.from({ length: kills }, (_, index) => witness.start(`victim${index}`));
    const others = ['a', 'b'].map((name) => witness.start(name));
    await Promise.all([...victims, ...others].map(({ ready }) => ready));
    for (const { go } of [...victims, ...others]) {
      go();
    }
    for (const victim of victims) {
      await witness.moreBy([...victims, ...others], Math.floor(Math.random() * 15));
      await victim.kill();
    }
    await witness.moreBy(others, 20);
    await Promise.all(others.map(({ kill }) => kill()));
    await witness.expectKept();
  });

  test('is exact when who has the lock is stopped, and goes on when another has it', async () => {
    const witness = witnessOf(url);
    const writers = ['stopped', 'a', 'b'].map((name) => witness.start(name));
    const [stopped, ...others] = writers as [Started, ...Started[]];
    await Promise.all(writers.map(({ ready }) => ready));
    for (const { go } of writers) {
      go();
    }
    for (let times = 0; times < 6; times++) {
      await witness.moreBy([stopped], 2);
      stopped.signal('SIGSTOP');
      await witness.moreBy(others, 5);
      stopped.signal('SIGCONT');
    }
    await Promise.all(writers.map(({ kill }) => kill()));
    await witness.expectKept();
  });

  describe('with a lock that another has', () => {
    /** As a process does that dies or is stopped while it holds the lock. */
    async function holdLock(key: string): Promise<string> {
      await (await open(url)).put(key, bytes('first'), undefined, SOON_MS);
      const folder = folderOf(key);
      fs.writeFileSync(join(folder, `next.${ID}`), `${ID}of the one who holds it`);
      fs.renameSync(join(folder, 'lock.free'), join(folder, `lock.${ID}`));
      return folder;
    }

    test('says in time that it could not put, where and why', async () => {
      const key = newKey();
      const folder = await holdLock(key);
      const store = await open(url);
      const seen = (await store.get(key, SOON_MS))?.version;
      await expect(store.put(key, bytes('second'), seen, 20)).rejects.toThrow(
        `${folder} was not written in 20 ms: write ${ID} has its lock`,
      );
      expect(textOf((await store.get(key, SOON_MS))?.value)).toBe('first');
      expect(fs.readdirSync(folder).sort()).toEqual([`lock.${ID}`, `next.${ID}`, 'state']);
    });

    test('takes the lock over, and that one can no more store when it goes on', async () => {
      const key = newKey();
      const folder = await holdLock(key);
      const store = await open(url);
      const seen = (await store.get(key, SOON_MS))?.version;
      const start = performance.now();
      expect((await store.put(key, bytes('second'), seen, 5 * SOON_MS)).isStored).toBe(true);
      expect(performance.now() - start).toBeLessThan(SOON_MS);
      expect(() => fs.renameSync(join(folder, `next.${ID}`), join(folder, 'state'))).toThrow('ENOENT');
      expect(() => fs.renameSync(join(folder, `lock.${ID}`), join(folder, 'lock.free'))).toThrow('ENOENT');
      expect(textOf((await store.get(key, SOON_MS))?.value)).toBe('second');
      expect(fs.readdirSync(folder).sort()).toEqual(['lock.free', 'state']);
    });

    test('takes the lock over even if no put waits long enough to see it', async () => {
      const key = newKey();
      await holdLock(key);
      const store = await open(url);
      const seen = (await store.get(key, SOON_MS))?.version;
      await vi.waitFor(() => store.put(key, bytes('second'), seen, 1), { timeout: SOON_MS, interval: 1 });
      expect(textOf((await store.get(key, SOON_MS))?.value)).toBe('second');
    });

    test('refuses at once who has not seen the last version', async () => {
      const key = newKey();
      await holdLock(key);
      expect(await (await open(url)).put(key, bytes('second'), undefined, 1)).toMatchObject({
        isStored: false,
      });
    });
  });

  test('says what to do about a lock that is gone', async () => {
    const key = newKey();
    const store = await open(url);
    await store.put(key, bytes('first'), undefined, SOON_MS);
    fs.rmSync(join(folderOf(key), 'lock.free'));
    const seen = (await store.get(key, SOON_MS))?.version;
    await expect(store.put(key, bytes('second'), seen, 20)).rejects.toThrow(
      'it has no lock; while nothing writes there, create the empty file lock.free',
    );
  });

  test('starts anew when its folder was removed', async () => {
    const key = newKey();
    const store = await open(url);
    await store.put(key, bytes('first'), undefined, SOON_MS);
    fs.rmSync(folderOf(key), { recursive: true });
    expect(await store.get(key, SOON_MS)).toBeUndefined();
    expect((await store.put(key, bytes('second'), undefined, SOON_MS)).isStored).toBe(true);
  });

  test('removes what was left behind long ago, and only that', async () => {
    const key = newKey();
    const version = await stored(await open(url), key, 'first');
    const old = join(folderOf(key), `next.${ID}`);
    const young = join(folderOf(key), `next.${ID.replace('0', '1')}`);
    for (const path of [old, young]) {
      fs.writeFileSync(path, 'part of a st');
    }
    fs.utimesSync(old, 0, 0);
    await (await open(url)).put(key, bytes('second'), version, SOON_MS);
    expect([old, young].map((path) => fs.existsSync(path))).toEqual([false, true]);
  });

  test.each(['', 'short', 'a state that another program wrote, of more than 36 bytes'])(
    'refuses what it has not written itself, and leaves it as it is: %j',
    async (content) => {
      const key = newKey();
      const store = await open(url);
      await store.put(key, bytes('first'), undefined, SOON_MS);
      const path = join(folderOf(key), 'state');
      fs.writeFileSync(path, content);
      const error = { reason: 'MICROSERVICE_BAD_STATE', message: `${path} was not written by this store` };
      await expect(store.get(key, SOON_MS)).rejects.toMatchObject(error);
      await expect(store.put(key, bytes('second'), undefined, SOON_MS)).rejects.toMatchObject(error);
      expect(fs.readFileSync(path, 'utf8')).toBe(content);
    },
  );

  test('refuses a URL with a host', async () => {
    await expect(open('file://states/here')).rejects.toMatchObject({
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: 'STATE_URL file://states/here: expected file:///folder, with the whole path of the folder',
    });
  });
});

const WITHOUT_REDIS = isRedisInstalled ? '' : ' (redis-server is not installed)';

test.runIf(process.env.CI && !isRedisInstalled)('redis-server is installed where CI runs', () => {
  expect.fail('redis-server is not installed: apt-get install redis-server');
});

test.each([
  [
    'redis://:geheim@host/one',
    'STATE_URL redis://host/one: expected redis://[[user]:password@]host[:port][/database]',
  ],
  ['rediss://me:geheim@host/-1', 'STATE_URL rediss://host/-1: expected rediss://'],
  ['redis://:geheim@host/0?db=1', 'STATE_URL redis://host/0?db=1: expected redis://'],
  ['redis:///0', 'STATE_URL redis:///0: expected redis://'],
  ['redis:', 'STATE_URL redis://: expected redis://'],
])('refuses %s as a Redis server, without its password', async (url, message) => {
  const error = await failureOf(open(url));
  expect(error).toMatchObject({ reason: 'MICROSERVICE_BAD_PARAMETER' });
  expect(error.message).toContain(message);
});

describe.skipIf(!isRedisInstalled)(`redis${WITHOUT_REDIS}`, () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  storeContract('redis:', () => open(`redis://${server.address}/3`), { returnsCurrent: true });

  test('loses no increment of 16 writers in 4 processes', async () => {
    const result = await hammer(`redis://${server.address}`, { processes: 4, writers: 4, increments: 60 });
    expect(result).toMatchObject({ total: 960, errors: [] });
  });

  test('keeps databases apart, and does not take another for one that is not there', async () => {
    const key = newKey();
    await stored(await open(`redis://${server.address}/1`), key, 'value');
    expect(await (await open(`redis://${server.address}`)).get(key, SOON_MS)).toBeUndefined();
    const missing = await open(`redis://${server.address}/99`);
    const message = `redis://${server.address}/99: ERR DB index is out of range`;
    await expect(missing.get(key, SOON_MS)).rejects.toThrow(message);
    await expect(missing.put(key, bytes('other'), undefined, SOON_MS)).rejects.toThrow(message);
  });

  test('refuses what it has not written itself, and leaves it as it is', async () => {
    const key = newKey();
    const store = await open(`redis://${server.address}`);
    await ask(server, 'SET', key, 'a pickle');
    const error = {
      reason: 'MICROSERVICE_BAD_STATE',
      message: `redis://${server.address}: ${key} was not written by this store`,
    };
    await expect(store.get(key, SOON_MS)).rejects.toMatchObject(error);
    await expect(store.put(key, bytes('value'), undefined, SOON_MS)).rejects.toMatchObject(error);
    expect(await ask(server, 'GET', key)).toBe('a pickle');
  });

  test('goes on after the server was restarted, and says so while it is away', async () => {
    const store = await open(`redis://${server.address}`);
    const seen = await stored(store, newKey(), 'first');
    await server.restart();
    expect(await store.get(newKey(), SOON_MS)).toBeUndefined();
    await server.restart();
    expect(await store.put(newKey(), bytes('second'), seen, SOON_MS)).toEqual({ isStored: false });
    await server.kill();
    const refused = `redis://${server.address}: connect ECONNREFUSED ${server.address}`;
    await expect(store.get(newKey(), SOON_MS)).rejects.toThrow(refused);
    await expect(store.put(newKey(), bytes('third'), undefined, SOON_MS)).rejects.toThrow(refused);
    await server.restart();
    expect((await store.put(newKey(), bytes('fourth'), undefined, SOON_MS)).isStored).toBe(true);
  });

  test('needs the right password, and never shows one', async () => {
    const guarded = await startRedis(() => ({ requirepass: 'ge heim%' }));
    try {
      const right = await open(`redis://:ge%20heim%25@${guarded.address}/1`);
      await stored(right, newKey(), 'value');
      await stored(await open(`redis://default:ge%20heim%@${guarded.address}`), newKey(), 'value');
      for (const [login, message] of [
        [':verkehrt@', 'WRONGPASS'],
        ['somebody:verkehrt@', 'WRONGPASS'],
        ['', 'NOAUTH'],
      ]) {
        const store = await open(`redis://${login}${guarded.address}`);
        for (const run of [
          () => store.get('key', SOON_MS),
          () => store.put('key', bytes('value'), undefined, SOON_MS),
        ]) {
          const error = await failureOf(run());
          expect(error.message).toContain(`redis://${guarded.address}: ${message}`);
          expect(JSON.stringify([error.message, error.stack, error.cause, { ...error }])).not.toContain(
            'verkehrt',
          );
        }
      }
    } finally {
      await guarded.close();
    }
  });

  test('does not show a password that the server quotes', async () => {
    const quoting = await startRedis(() => ({ 'rename-command': ['AUTH', ''] }));
    try {
      const store = await open(`redis://:verkehrt@${quoting.address}`);
      const error = await failureOf(store.get('key', SOON_MS));
      expect(error.message).toMatch(/: ERR unknown command 'auth'$/);
    } finally {
      await quoting.close();
    }
  });

  test('ends in time when the server hangs, and goes on when it does', async () => {
    const store = await open(`redis://${server.address}`);
    const key = newKey();
    const seen = await stored(store, key, 'first');
    server.signal('SIGSTOP');
    try {
      const message = `redis://${server.address}: no answer in 60 ms`;
      await expect(store.get(key, 60)).rejects.toThrow(message);
      await expect(store.put(key, bytes('second'), seen, 60)).rejects.toThrow(message);
    } finally {
      server.signal('SIGCONT');
    }
    expect(textOf((await store.get(key, SOON_MS))?.value)).toMatch(/first|second/);
  });

  test('keeps its connection after an error, but looks for another server when this one only reads', async () => {
    const proxy = await openProxy(server.address);
    const store = await open(`redis://${proxy.address}`);
    const [key, pickle] = [newKey(), newKey()];
    const first = await stored(store, key, 'first');
    await ask(server, 'SET', pickle, 'a pickle');
    await failureOf(store.get(pickle, SOON_MS));
    await store.get(key, SOON_MS);
    expect(proxy.accepted).toBe(1);
    await ask(server, 'REPLICAOF', '127.0.0.1', '1');
    await expect(store.put(key, bytes('second'), first, SOON_MS)).rejects.toThrow('READONLY');
    await ask(server, 'REPLICAOF', 'NO', 'ONE');
    expect((await store.put(key, bytes('second'), first, SOON_MS)).isStored).toBe(true);
    expect(proxy.accepted).toBe(2);
    await store.close();
    await proxy.close();
  });

  describe('when its connection is forgotten on the way', () => {
    test('reads on a new one', async () => {
      const proxy = await openProxy(server.address);
      const store = await open(`redis://${proxy.address}`);
      const key = newKey();
      await stored(store, key, 'value');
      proxy.forget('all');
      const reads = await Promise.all([
        store.get(key, 5000),
        store.get(key, 5000),
        store.get(newKey(), 5000),
      ]);
      expect(reads.map((read) => read && textOf(read.value))).toEqual(['value', 'value', undefined]);
      expect(proxy.accepted).toBe(2);
      await store.close();
      await proxy.close();
    });

    test('recognises a put of its own whose answer was lost', async () => {
      const proxy = await openProxy(server.address);
      const store = await open(`redis://${proxy.address}`);
      const key = newKey();
      const first = await stored(store, key, 'first');
      proxy.forget('replies');
      const result = await store.put(key, bytes('second'), first, 5000);
      expect(result.isStored).toBe(true);
      expect(await store.get(key, 5000)).toMatchObject({ version: result.isStored && result.version });
      await store.close();
      await proxy.close();
    });

    test('does not call a put refused that another may have come after', async () => {
      const proxy = await openProxy(server.address);
      const store = await open(`redis://${proxy.address}`);
      const other = await open(`redis://${server.address}`);
      const key = newKey();
      const first = await stored(store, key, 'first');
      proxy.forget('replies');
      const result = store.put(key, bytes('second'), first, 5000);
      const expected = expect(result).rejects.toThrow(
        `the connection broke while ${key} was put; it may have been stored`,
      );
      const second = await vi.waitFor(
        async () => {
          const read = await other.get(key, 5000);
          expect(textOf(read?.value)).toBe('second');
          return read?.version;
        },
        { interval: 1, timeout: 5000 },
      );
      expect((await other.put(key, bytes('third'), second, 5000)).isStored).toBe(true);
      await expected;
      await store.close();
      await proxy.close();
    });
  });

  test('speaks TLS, with who has a certificate that is trusted', async () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'redis-tls-'));
    const { key, cert } = createSelfSigned();
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    fs.writeFileSync(keyFile, key);
    fs.writeFileSync(certFile, cert);
    const guarded = await startRedis((port) => ({
      port: '0',
      'tls-port': `${port}`,
      'tls-cert-file': certFile,
      'tls-key-file': keyFile,
      'tls-auth-clients': 'no',
      'tls-ca-cert-file': certFile,
      requirepass: 'geheim',
    }));
    vi.stubEnv('NODE_EXTRA_CA_CERTS', certFile);
    try {
      const url = `rediss://:geheim@${guarded.address}/1`;
      await expect((await open(url)).get('key', SOON_MS)).rejects.toThrow('self-signed certificate');
      const job = { url, key: newKey(), name: 'trusting', settings: NO_SETTINGS, writers: 2, increments: 5 };
      const { ready, go, done } = startWriters({ ...job, timeoutMs: 10_000, isAcknowledging: false });
      await ready;
      go();
      expect((await done).errors).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await guarded.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('redis, without an answer,', () => {
  test('says in time that nobody listens', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    // A name has two addresses, and both refuse.
    for (const host of ['127.0.0.1', 'localhost']) {
      const store = await open(`redis://:geheim@${host}:${port}`);
      await expect(store.get('key', SOON_MS)).rejects.toThrow(/^redis:\/\/[\w.]+:\d+: .*ECONNREFUSED/);
      await expect(store.put('key', bytes('value'), undefined, SOON_MS)).rejects.toThrow('ECONNREFUSED');
    }
  });

  test('ends in time when it is connected, but hears nothing', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const scheme of ['redis', 'rediss']) {
      const store = await open(`${scheme}://127.0.0.1:${port}/1`);
      const message = `${scheme}://127.0.0.1:${port}/1: no answer in 50 ms`;
      await expect(store.get('key', 50)).rejects.toThrow(message);
      await expect(store.put('key', bytes('value'), undefined, 50)).rejects.toThrow(message);
    }
    server.close();
    // Nothing holds a connection any more.
    await once(server, 'close');
  });

  test('leaves nothing running, whatever became of its connections', async () => {
    const script = `
      import { once } from 'node:events';
      import { createServer } from 'node:net';
      import { openStore } from './src/runtime/stores/index.ts';
      const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const store = await openStore('redis://127.0.0.1:' + server.address().port, {});
      await store.get('key', 50).catch(() => {});
      server.close();
      await once(server, 'close');
      await store.get('key', 50).catch(() => {});
      await store.close();
      const start = performance.now();
      process.once('exit', () => console.log(performance.now() - start));`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: new URL('../../..', import.meta.url),
    });
    expect(Number(stdout)).toBeLessThan(1000);
  });

  test('does not connect any more when it is closed', async () => {
    const store = await open('redis://127.0.0.1:1');
    await store.close();
    await expect(store.get('key', SOON_MS)).rejects.toThrow('redis://127.0.0.1:1: the store is closed');
  });
});

type Started = Writers & { acknowledged(): number };

/** Starts writers that count on one key for as long as they live, and sees what was acknowledged to them. */
function witnessOf(url: string, areThreads = false) {
  const key = newKey();
  const last = new Map<string, number>();
  let at = Number.POSITIVE_INFINITY;
  let longestMs = 0;

  return {
    start(name: string): Started {
      let count = 0;
      const job = {
        url,
        key,
        name,
        settings: NO_SETTINGS,
        writers: 2,
        increments: 1_000_000,
        timeoutMs: 10_000,
      };
      const writers = startWriters({ ...job, isAcknowledging: true }, areThreads, ({ writer, nth }) => {
        last.set(writer, nth);
        const now = performance.now();
        longestMs = Math.max(longestMs, now - at);
        at = now;
        count++;
      });
      onTestFinished(writers.kill);
      return { ...writers, acknowledged: () => count };
    },
    /** Until these have had that many acknowledged. */
    async moreBy(writers: readonly Started[], more: number): Promise<void> {
      const sum = () => writers.reduce((total, { acknowledged }) => total + acknowledged(), 0);
      const before = sum();
      await vi.waitFor(() => expect(sum()).toBeGreaterThanOrEqual(before + more), {
        interval: 5,
        timeout: 10_000,
      });
    },
    /** All that was acknowledged is in the store, once, and never was nothing acknowledged for long. */
    async expectKept(): Promise<void> {
      const { count, of } = await tallyOf(url, NO_SETTINGS, key);
      expect(Object.values(of).reduce((sum, times) => sum + times, 0)).toBe(count);
      expect(count).toBeGreaterThan(0);
      for (const [writer, nth] of last) {
        expect(of[writer]).toBeGreaterThanOrEqual(nth);
      }
      expect(longestMs).toBeLessThan(SOON_MS);
    },
  };
}

/** The version under which `text` is stored as the first value of `key`. */
async function stored(store: Store, key: string, text: string): Promise<string> {
  const result = await store.put(key, bytes(text), undefined, SOON_MS);
  if (!result.isStored) {
    expect.fail(`${key} was there already`);
  }
  return result.version;
}

async function failureOf(run: Promise<unknown>): Promise<Error> {
  const failure = await run.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(failure).toBeInstanceOf(Error);
  return failure;
}

async function ask(server: RedisProcess, ...words: string[]): Promise<string> {
  const { hostname, port } = new URL(`tcp://${server.address}`);
  const { stdout } = await promisify(execFile)('redis-cli', ['-h', hostname, '-p', port, ...words]);
  return stdout.trim();
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}
