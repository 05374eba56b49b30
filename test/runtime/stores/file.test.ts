import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { toFileName } from '../../../src/runtime/stores/file/file-key.ts';
import { hammer, NO_SETTINGS, startWriters, tallyOf, type Writers } from '../../support/stores/hammer.ts';
import { open, SOON_MS, stored } from '../../support/stores/store-calls.ts';
import { bytes, newKey, storeContract, textOf } from '../../support/stores/store-suite.ts';

const ID = '01234567-89ab-4def-8123-456789abcdef';

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
      expect((await store.put(key, bytes('second'), seen, SOON_MS)).isStored).toBe(true);
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
      const error = {
        reason: 'MICROSERVICE_BAD_STATE',
        message: `STATE_URL: ${key} was not written by this store`,
        cause: { message: `${path} was not written by this store` },
      };
      await expect(store.get(key, SOON_MS)).rejects.toMatchObject(error);
      await expect(store.put(key, bytes('second'), undefined, SOON_MS)).rejects.toMatchObject(error);
      expect(fs.readFileSync(path, 'utf8')).toBe(content);
    },
  );

  test('refuses a URL with a host', async () => {
    await expect(open('file://states/here')).rejects.toMatchObject({
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: 'STATE_URL: expected file:///folder, with the whole path of the folder',
      cause: { message: expect.stringContaining('file://states/here') },
    });
  });

  test.each<[string, string, (path: string) => void]>([
    ['a file', 'ENOTDIR', (path) => fs.writeFileSync(path, '')],
    ['a circle of links', 'ELOOP', (path) => fs.symlinkSync(path, path)],
  ])('refuses a folder that is %s at once, and says so without its path', async (_name, code, make) => {
    const path = join(root, newKey());
    make(path);
    const store = await open(pathToFileURL(path).href);
    const error = {
      reason: 'MICROSERVICE_BAD_PARAMETER',
      message: `STATE_URL: the folder cannot be used (${code})`,
      cause: { message: expect.stringContaining(path) },
    };
    await expect(store.get('key', SOON_MS)).rejects.toMatchObject(error);
    await expect(store.put('key', bytes('x'), undefined, SOON_MS)).rejects.toMatchObject(error);
  });

  test('refuses a folder in the place of a state', async () => {
    const key = newKey();
    fs.mkdirSync(join(folderOf(key), 'state'), { recursive: true });
    await expect((await open(url)).get(key, SOON_MS)).rejects.toMatchObject({
      message: 'STATE_URL: the folder cannot be used (EISDIR)',
    });
  });
});

type Started = Writers & { acknowledged(): number };

/** Starts writers that count on one key for as long as they live, and notes what the store acknowledges. */
function witnessOf(url: string, areThreads = false) {
  const key = newKey();
  const last = new Map<string, number>();

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
        count++;
      });
      onTestFinished(writers.kill);
      return { ...writers, acknowledged: () => count };
    },
    /** Waits until so many more puts of these writers are acknowledged. */
    async moreBy(writers: readonly Started[], more: number): Promise<void> {
      const sum = () => writers.reduce((total, { acknowledged }) => total + acknowledged(), 0);
      const before = sum();
      await vi.waitFor(() => expect(sum()).toBeGreaterThanOrEqual(before + more), {
        interval: 5,
        timeout: 10_000,
      });
    },
    /** Expects that all that was acknowledged is in the store, once. */
    async expectKept(): Promise<void> {
      const { count, of } = await tallyOf(url, NO_SETTINGS, key);
      expect(Object.values(of).reduce((sum, times) => sum + times, 0)).toBe(count);
      expect(count).toBeGreaterThan(0);
      for (const [writer, nth] of last) {
        expect(of[writer]).toBeGreaterThanOrEqual(nth);
      }
    },
  };
}
