import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PutResult, Store } from '../../../src/runtime/stores/store.ts';

/** Differences between stores that all keep the contract. */
export interface ContractOptions {
  /** A refused put brings what is there now. Default: it may, and then it is checked. */
  readonly returnsCurrent?: boolean;
  /** For the operations that are expected to succeed. Default 10,000. */
  readonly timeoutMs?: number;
  /** How many random sequences are compared with a Map. Default 20. */
  readonly numRuns?: number;
}

/**
 * The suite that every store runs.
 *
 * @param open - opens the store; each call anew, all of them over the same data. Keys are never used twice,
 *   so the data need not be empty.
 */
export function storeContract(
  name: string,
  open: () => Promise<Store> | Store,
  { returnsCurrent = false, timeoutMs = 10_000, numRuns = 20 }: ContractOptions = {},
): void {
  describe(`${name} keeps the contract: it`, () => {
    let store: Store;
    let another: Store;
    beforeAll(async () => {
      store = await open();
      another = await open();
    });
    afterAll(async () => {
      await store.close();
      await another.close();
    });

    const get = (key: string, from = store) => from.get(key, timeoutMs);
    const put = (key: string, value: Uint8Array, seen: string | undefined, to = store) =>
      to.put(key, value, seen, timeoutMs);
    const create = async (key: string, value: Uint8Array) => versionOf(await put(key, value, undefined));

    /** Refused, and what is there is still `value` under `version`; the refusal says nothing else. */
    async function expectRefused(result: PutResult, key: string, value: Uint8Array, version: string) {
      expect(result.isStored).toBe(false);
      const current = result.isStored ? undefined : result.current;
      if (returnsCurrent || current) {
        expect(plain(current)).toEqual(plain({ value, version }));
      }
      expect(plain(await get(key))).toEqual(plain({ value, version }));
    }

    test('has nothing under a key that was never put', async () => {
      expect(await get(newKey())).toBeUndefined();
    });

    test('stores the first value of who has seen none', async () => {
      const key = newKey();
      const version = await create(key, bytes('first'));
      expect(plain(await get(key))).toEqual(plain({ value: bytes('first'), version }));
    });

    test('refuses the second value of who has seen none', async () => {
      const key = newKey();
      const version = await create(key, bytes('first'));
      await expectRefused(await put(key, bytes('second'), undefined), key, bytes('first'), version);
    });

    test('refuses a version of a key that has no value', async () => {
      const key = newKey();
      const elsewhere = await create(newKey(), bytes('first'));
      const result = await put(key, bytes('second'), elsewhere);
      expect(result).toEqual({ isStored: false });
      expect(await get(key)).toBeUndefined();
    });

    test('replaces the value for who has seen the last version', async () => {
      const key = newKey();
      const first = await create(key, bytes('first'));
      const second = versionOf(await put(key, bytes('second'), first));
      expect(second).not.toBe(first);
      expect(plain(await get(key))).toEqual(plain({ value: bytes('second'), version: second }));
      const third = versionOf(await put(key, bytes('third'), (await get(key))?.version));
      expect(plain(await get(key))).toEqual(plain({ value: bytes('third'), version: third }));
    });

    test('refuses a writer that has not seen the last version', async () => {
      const key = newKey();
      const first = await create(key, bytes('first'));
      const second = versionOf(await put(key, bytes('second'), first));
      await expectRefused(await put(key, bytes('third'), first), key, bytes('second'), second);
    });

    test('shows a write to everyone at once', async () => {
      const key = newKey();
      const first = await create(key, bytes('first'));
      expect(plain(await get(key, another))).toEqual(plain({ value: bytes('first'), version: first }));
      const second = versionOf(await put(key, bytes('second'), first, another));
      expect(plain(await get(key))).toEqual(plain({ value: bytes('second'), version: second }));
      await expectRefused(await put(key, bytes('third'), first), key, bytes('second'), second);
    });

    test.each([
      ['an empty value', new Uint8Array()],
      ['one zero byte', new Uint8Array(1)],
      ['all byte values', Uint8Array.from({ length: 256 }, (_, index) => index)],
      ['text that is no UTF-8', Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a, 0x24, 0x2d, 0x31)],
      ['300 kB', Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)],
    ])('keeps %s as it is', async (_, value) => {
      const key = newKey();
      const first = await create(key, value);
      expect(equal((await get(key))?.value, value)).toBe(true);
      const second = versionOf(await put(key, bytes('between'), first));
      versionOf(await put(key, value, second));
      expect(equal((await get(key))?.value, value)).toBe(true);
    });

    test('keeps part of a larger buffer as that part', async () => {
      const key = newKey();
      await create(key, bytes('0123456789').subarray(3, 6));
      expect(textOf((await get(key))?.value)).toBe('345');
    });

    test('keeps its own copy', async () => {
      const key = newKey();
      const value = bytes('first');
      await create(key, value);
      value.fill(0);
      const read = await get(key);
      expect(textOf(read?.value)).toBe('first');
      read?.value.fill(0);
      expect(textOf((await get(key))?.value)).toBe('first');
    });

    test('reads several keys at once as it reads each', async () => {
      const keys = [newKey(), newKey(), ...oddKeys(newKey())];
      const [none, ...there] = keys as [string, ...string[]];
      await Promise.all(there.map((key) => create(key, bytes(`of ${key}`))));
      const each = await Promise.all(keys.map(async (key) => plain(await get(key))));
      await store.readTogether?.();
      const all = await Promise.all(keys.map((key) => get(key)));
      expect(all.map(plain)).toEqual(each);
      expect(each[keys.indexOf(none)]).toBeUndefined();
    });

    test('keeps apart what has different keys, whatever they are made of', async () => {
      const base = newKey();
      const keys = oddKeys(base);
      const versions = await Promise.all(keys.map((key) => create(key, bytes(`of ${key}`))));
      expect(await Promise.all(keys.map(async (key) => plain(await get(key))))).toEqual(
        keys.map((key, index) => plain({ value: bytes(`of ${key}`), version: versions[index] as string })),
      );
    });

    test('lets exactly one of 50 who have seen the same version win', async () => {
      const key = newKey();
      for (const round of ['first', 'second']) {
        const seen = (await get(key))?.version;
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            put(key, bytes(`${round} of ${index}`), seen, index % 2 ? store : another),
          ),
        );
        const winners = results.flatMap((result, index) =>
          result.isStored ? [[index, result.version]] : [],
        );
        expect(winners).toHaveLength(1);
        const [index, version] = winners[0] as [number, string];
        expect(plain(await get(key))).toEqual(plain({ value: bytes(`${round} of ${index}`), version }));
      }
    });

    test('loses no increment of 8 who count at once', async () => {
      const key = newKey();
      const count = async (who: number) => {
        for (let done = 0; done < 10; ) {
          const last = await get(key, who % 2 ? store : another);
          const next = Number(textOf(last?.value).split(' ')[0]) + 1;
          const result = await put(key, bytes(`${next} by ${who}`), last?.version);
          if (result.isStored) {
            done++;
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, who) => count(who)));
      expect(textOf((await get(key))?.value)).toMatch(/^80 /);
    });

    test('does as a Map with versions does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const keys = [newKey(), newKey()];
          const model = new Map<string, { value: Uint8Array; version: string }>();
          const versions = new Map<string, string[]>();
          for (const [index, { who, what, of, tail }] of steps.entries()) {
            const key = keys[of] as string;
            const last = model.get(key);
            const through = who ? store : another;
            if (what !== 'get') {
              const older = versions.get(key) ?? [];
              const seen = { last: last?.version, none: undefined, older: older[0] }[what];
              const value = new Uint8Array([...bytes(`${index} `), ...tail]);
              const result = await put(key, value, seen, through);
              expect(result.isStored).toBe(seen === last?.version);
              if (!result.isStored) {
                await expectRefused(result, key, last?.value ?? EMPTY, last?.version ?? '');
              } else {
                expect(older).not.toContain(result.version);
                versions.set(key, [...older, result.version]);
                model.set(key, { value, version: result.version });
              }
            }
            for (const other of keys) {
              expect(plain(await get(other, through))).toEqual(plain(model.get(other)));
            }
          }
        }),
        { numRuns },
      );
    });

    test.each([0, 0.01, 1, 3])('ends in an answer or an error when %d ms are left', async (leftMs) => {
      const key = newKey();
      const version = await create(key, bytes('before'));
      await Promise.allSettled([store.get(key, leftMs), store.get(newKey(), leftMs)]);
      const [result] = await Promise.allSettled([store.put(key, bytes('after'), version, leftMs)]);
      if (result?.status === 'rejected') {
        expect(result.reason).toBeInstanceOf(Error);
      }
      const last = textOf((await get(key))?.value);
      expect(result?.status === 'fulfilled' ? ['after'] : ['before', 'after']).toContain(last);
      const putOnTop = async () => (await put(key, bytes('then'), (await get(key))?.version)).isStored;
      // A write that was not waited for may come between the read and this one: once.
      const mayBeLate = result?.status === 'rejected';
      expect((await putOnTop()) || (mayBeLate && (await putOnTop()))).toBe(true);
    });

    test('can be closed twice, and at once after it was opened', async () => {
      const unused = await open();
      await unused.close();
      await unused.close();
      const used = await open();
      await used.get(newKey(), timeoutMs);
      await used.close();
      await used.close();
    });
  });
}

/** A key that no test of any run has used. */
export function newKey(): string {
  return `persistence_contract_${crypto.randomUUID()}`;
}

/** Keys that a store might take for one another, for a path, or for more than one word. */
function oddKeys(base: string): string[] {
  const tails = [
    '',
    '/',
    '/b_c',
    '//',
    '%',
    '%2F',
    '%2Fb_c',
    '%252F',
    ' ',
    '  ',
    '+',
    'é',
    'e\u0301',
    '状态',
    '🜚',
  ];
  const more = [
    'A',
    'a',
    '.',
    '..',
    '~',
    '*',
    '?',
    '#',
    '&',
    '=',
    ':',
    '\\',
    '"',
    "'",
    '\n',
    '.tmp',
    '.lock',
    '.json',
  ];
  const starts = ['..', '../', '../../', '/', './', '.', '%2e%2e%2f', '-'];
  return [
    ...[...tails, ...more].map((tail) => `${base}${tail}`),
    ...starts.map((start) => `${start}${base}`),
    `${base}/../${base}`,
    `${base}${'x'.repeat(180)}`,
  ];
}

const EMPTY = new Uint8Array();

const step = fc.record({
  who: fc.boolean(),
  what: fc.constantFrom('get', 'last', 'last', 'none', 'older'),
  of: fc.constantFrom(0, 1),
  tail: fc.uint8Array({ maxLength: 40 }),
});

function versionOf(result: PutResult): string {
  expect(result.isStored).toBe(true);
  return result.isStored ? result.version : '';
}

/** Comparable whatever class the bytes have. */
function plain(stored: { value: Uint8Array; version: string } | undefined) {
  return stored && { value: Buffer.from(stored.value).toString('latin1'), version: stored.version };
}

function equal(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of a value. */
export function textOf(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}
