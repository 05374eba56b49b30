import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hammer, NO_SETTINGS, startWriters } from '../../support/stores/hammer.ts';
import { openProxy } from '../../support/stores/proxy.ts';
import { isRedisInstalled, type RedisProcess, startRedis } from '../../support/stores/redis-process.ts';
import { createSelfSigned } from '../../support/stores/self-signed.ts';
import { failureOf, open, SOON_MS, stored } from '../../support/stores/store-calls.ts';
import { bytes, newKey, storeContract, textOf } from '../../support/stores/store-suite.ts';

const WITHOUT_REDIS = isRedisInstalled ? '' : ' (redis-server is not installed)';

test.runIf(process.env.CI && !isRedisInstalled)('redis-server is installed where CI runs', () => {
  expect.fail('redis-server is not installed: apt-get install redis-server');
});

test.each([
  'redis://:geheim@host/one',
  'redis://me:geheim@host/-1',
  'redis://:geheim@host/0?db=1',
  'redis://host/0?password=geheim',
  'redis://me:12#geheim@host',
  'redis:///0',
  'redis:',
])('refuses %s as a Redis server, without its password', async (url) => {
  const error = await failureOf(open(url));
  expect(error).toMatchObject({ reason: 'MICROSERVICE_BAD_PARAMETER' });
  expect(error.message).toMatch(/^STATE_URL: expected redis:\/\/\[\[user\]:password@\]host/);
  expect((error.cause as Error).message).toMatch(/^redis:.*: expected redis:/);
  expect(`${error.message} ${error.cause}`).not.toMatch(/geheim|12/);
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
    const error = {
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: 'STATE_URL: the server refused a command; the log says why',
      cause: { message: `redis://${server.address}/99: ERR DB index is out of range` },
    };
    await expect(missing.get(key, SOON_MS)).rejects.toMatchObject(error);
    await expect(missing.put(key, bytes('other'), undefined, SOON_MS)).rejects.toMatchObject(error);
  });

  test('refuses what it has not written itself, and leaves it as it is', async () => {
    const key = newKey();
    const store = await open(`redis://${server.address}`);
    await ask(server, 'SET', key, 'a pickle');
    const error = {
      reason: 'MICROSERVICE_BAD_STATE',
      message: `STATE_URL: ${key} was not written by this store`,
      cause: { message: `redis://${server.address}: ${key} was not written by this store` },
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
          expect(error).toMatchObject({
            reason: 'MICROSERVICE_BAD_PARAMETER',
            message: `STATE_URL: ${message}`,
            cause: { message: expect.stringContaining(`redis://${guarded.address}: ${message}`) },
          });
          expect(inspect(error)).not.toContain('verkehrt');
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
      expect((error.cause as Error).message).toMatch(/: ERR unknown command 'AUTH'$/);
      expect(inspect(error)).not.toContain('verkehrt');
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
      await expect((await open(url)).get('key', SOON_MS)).rejects.toMatchObject({
        message: 'STATE_URL: DEPTH_ZERO_SELF_SIGNED_CERT',
        cause: { message: expect.stringContaining('self-signed certificate') },
      });
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

async function ask(server: RedisProcess, ...words: string[]): Promise<string> {
  const { hostname, port } = new URL(`tcp://${server.address}`);
  const { stdout } = await promisify(execFile)('redis-cli', ['-h', hostname, '-p', port, ...words]);
  return stdout.trim();
}
