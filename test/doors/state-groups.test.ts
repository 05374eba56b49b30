import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type JournalInstance, startJournal, type Written } from '../support/journal.ts';
import { type FakeDynamodb, openFakeDynamodb } from '../support/stores/fake-dynamodb.ts';

/** The context of the call, as the SDK of a tracer keeps it. */
const calls = new AsyncLocalStorage<string>();

let dynamodb: FakeDynamodb;
let journal: JournalInstance;
/** Ends the call that hangs under this id; when it is run again, it does not hang. */
let release: Map<string, () => void>;

beforeEach(async () => {
  dynamodb = await openFakeDynamodb();
  release = new Map();
  vi.stubGlobal('hang', (id: string, what: string) =>
    what === 'hangs' && !release.has(id) ? new Promise<void>((end) => release.set(id, end)) : undefined,
  );
  journal = await startJournal(dynamodb.url);
  await journal.write({ id: 'first' });
});

afterEach(() => {
  dynamodb.close();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Holds the instance at work with a call of this id, until `go` is called: calls that come now have to wait. */
async function busy(id = 'busy'): Promise<{ readonly go: () => void; readonly answer: Promise<Written> }> {
  const answer = journal.write({ id, what: 'hangs' });
  await vi.waitUntil(() => release.has(id), { interval: 1 });
  dynamodb.counts = {};
  return { go: () => release.get(id)?.(), answer };
}

/** Calls that come while another one is at work, and so share the write after it. */
async function writeTogether(
  entries: readonly Parameters<JournalInstance['write']>[0][],
): Promise<Written[]> {
  const { go, answer } = await busy();
  const answers = entries.map((entry) => journal.write(entry));
  go();
  await answer;
  return Promise.all(answers);
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `id${index}`);

describe('feedback that comes to an instance at once', () => {
  test.each([false, true])('is stored with few writes, in order, with keys: %s', async (hasKeys) => {
    dynamodb.counts = {};
    const entries = ids(50).map((id) => ({ id, ...(hasKeys && { key: `key of ${id}` }) }));
    const answers = await Promise.all(entries.map((entry) => journal.write(entry)));
    expect(answers.map(({ status, place }) => [status, place])).toEqual(ids(50).map((_, i) => [200, i + 2]));
    expect(dynamodb.counts.PutItem).toBeLessThanOrEqual(3);
    expect(dynamodb.counts.GetItem ?? 0).toBe(0);
    expect(await journal.read()).toEqual(['first', ...ids(50)]);
  });

  test('is not answered before it is stored', async () => {
    let store = () => {};
    const isStored = vi.fn();
    const { go, answer } = await busy();
    const others = ids(3).map((id) => journal.write({ id }).finally(isStored));
    dynamodb.trouble = async ({ operation, nth }) => {
      if (operation === 'PutItem' && nth === 2) {
        await new Promise<void>((resolve) => {
          store = resolve;
        });
      }
      return undefined;
    };
    go();
    await vi.waitUntil(() => dynamodb.counts.PutItem === 2);
    expect(isStored).not.toHaveBeenCalled();
    store();
    await Promise.all([answer, ...others]);
  });

  test('fails alone, and leaves nothing behind', async () => {
    const answers = await writeTogether([
      { id: 'a', what: 'fails' },
      { id: 'b' },
      { id: 'c', what: 'fails' },
      { id: 'd' },
      { id: 'e', what: 'fails' },
    ]);
    expect(answers.map(({ status }) => status)).toEqual([422, 200, 422, 200, 422]);
    expect(dynamodb.counts.PutItem).toBe(2);
    expect((await journal.write({ id: 'f' })).place).toBe(5);
    expect(await journal.read()).toEqual(['first', 'busy', 'b', 'd', 'f']);
  });

  test('takes nothing along that is too large for the store', async () => {
    const answers = await writeTogether([{ id: 'a' }, { id: 'b', what: 'fills' }, { id: 'c' }]);
    expect(answers.map(({ status }) => status)).toEqual([200, 507, 200]);
    expect(await journal.read()).toEqual(['first', 'busy', 'a', 'c']);
  });

  test('counts once under a key that comes twice, also if the second body is another', async () => {
    const answers = await writeTogether([
      { id: 'a', key: 'k' },
      { id: 'a', key: 'k' },
      { id: 'b', key: 'k' },
      { id: 'c', key: 'of c' },
    ]);
    expect(answers.map(({ status, place }) => [status, place])).toEqual([
      [200, 3],
      [200, 3],
      [422, undefined],
      [200, 4],
    ]);
    expect(await journal.read()).toEqual(['first', 'busy', 'a', 'c']);
    expect(await journal.write({ id: 'a', key: 'k' })).toMatchObject({ status: 200, place: 3 });
  });

  test('is run again, all of it and in order, when another instance was faster', async () => {
    const other = await startJournal(dynamodb.url);
    await other.write({ id: 'warm' });
    await journal.write({ id: 'last' });
    let isFirst = true;
    dynamodb.trouble = async ({ operation, nth }) => {
      if (operation === 'PutItem' && nth === 2 && isFirst) {
        isFirst = false;
        await other.write({ id: 'other' });
      }
      return undefined;
    };
    const answers = await writeTogether([{ id: 'a' }, { id: 'b', what: 'fails' }, { id: 'c', key: 'c' }]);
    expect(answers.map(({ status, place }) => [status, place])).toEqual([
      [200, 6],
      [422, undefined],
      [200, 7],
    ]);
    expect(await other.read()).toEqual(['first', 'warm', 'last', 'busy', 'other', 'a', 'c']);
  });

  test.each([true, false])(
    'is stored once when the reply is lost (it was stored: %s)',
    async (isCarriedOut) => {
      dynamodb.trouble = ({ operation, nth }) =>
        operation === 'PutItem' && nth === 2 ? { status: 500, body: '', isCarriedOut } : undefined;
      const answers = await writeTogether([{ id: 'a' }, { id: 'b', what: 'fails' }, { id: 'c' }]);
      expect(answers.map(({ status, place }) => [status, place])).toEqual([
        [200, 3],
        [422, undefined],
        [200, 4],
      ]);
      expect(dynamodb.counts).toEqual({ GetItem: 1, PutItem: isCarriedOut ? 2 : 3 });
      expect(await journal.read()).toEqual(['first', 'busy', 'a', 'c']);
    },
  );

  test('does not wait for one that hangs behind it', async () => {
    const { go, answer } = await busy();
    const before = ids(3).map((id) => journal.write({ id }));
    const hung = journal.write({ id: 'hung', what: 'hangs' });
    const after = journal.write({ id: 'after' });
    go();
    await answer;
    expect((await Promise.all(before)).map(({ place }) => place)).toEqual([3, 4, 5]);
    release.get('hung')?.();
    expect([(await hung).place, (await after).place]).toEqual([6, 7]);
    expect(await journal.read()).toEqual(['first', 'busy', ...ids(3), 'hung', 'after']);
  });

  test('does not wait longer than it has time', async () => {
    const { go, answer } = await busy();
    const late = await journal.write({ id: 'late', leftMs: 40 });
    expect(late).toMatchObject({ status: 503 });
    expect(late.info).toContain('an earlier call of this instance has not ended');
    const hung = journal.write({ id: 'hung', what: 'hangs', leftMs: 400 });
    const behind = journal.write({ id: 'behind' });
    go();
    await answer;
    expect(await hung).toMatchObject({ status: 503 });
    release.get('hung')?.();
    // Nothing of what was answered 503 while it was running is stored.
    expect(await behind).toMatchObject({ status: 200, place: 3 });
    expect(await journal.read()).toEqual(['first', 'busy', 'behind']);
  });

  test('runs in the context of its own call', async () => {
    const seen = new Map<string, string | undefined>();
    const { go, answer } = await busy();
    vi.stubGlobal('hang', (id: string) => {
      seen.set(id, calls.getStore());
    });
    const answers = ids(3).map((id) => calls.run(`call of ${id}`, () => journal.write({ id })));
    go();
    await Promise.all([answer, ...answers]);
    expect([...seen]).toEqual(ids(3).map((id) => [id, `call of ${id}`]));
  });

  test('waits for its turn if there are very many', async () => {
    const answers = await writeTogether(ids(300).map((id) => ({ id })));
    expect(answers.map(({ place }) => place)).toEqual(ids(300).map((_, index) => index + 3));
    expect(dynamodb.counts.PutItem).toBeLessThan(30);
  });
});
