import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunInput, stateMachineOf } from '../../../src/deploy/stack/state-machine.ts';
import { type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { execute, MAP_RUN, type MapRun, type World } from '../../support/batch/states.ts';

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => {
  batch.deploy({ BATCH_OUTPUT_URL: 's3://states/out', SELDON_LOG_LEVEL: 'ERROR' });
  batch.s3.objects.clear();
});

afterAll(() => batch.close());

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:iris-batch';
const MACHINE = stateMachineOf(FUNCTION, 300);

const input = (more: Partial<RunInput> = {}): RunInput => ({
  format: 'jsonl',
  input: { bucket: 'states', key: 'in/data.jsonl' },
  output: { bucket: 'states', prefix: 'out/run1', results: 'out/run1/_results' },
  maxConcurrency: 8,
  maxItemsPerBatch: 500,
  toleratedFailurePercentage: 0,
  ...more,
});

const put = (key: string, text: string) => batch.s3.objects.set(`states/${key}`, Buffer.from(text));

/** S3 and Lambda; `trouble` may fail a call before or after it is made. */
function world(trouble: () => { before?: string; after?: string; remainingMs?: number } = () => ({})): World {
  return {
    async invoke(name, payload) {
      expect(name).toBe(FUNCTION);
      const { before, after, remainingMs = 300_000 } = trouble();
      const fail = (error: string) => Object.assign(new Error(error), { name: error });
      if (before !== undefined) {
        throw fail(before);
      }
      let left = remainingMs;
      const context = {
        getRemainingTimeInMillis() {
          left -= remainingMs / 400;
          return Math.max(0, left);
        },
      };
      const answer = await batch.invoke(payload, context);
      if (after !== undefined) {
        throw fail(after);
      }
      return answer;
    },
    read: (bucket, key) => (batch.s3.objects.get(`${bucket}/${key}`) as Buffer).toString(),
    write: (bucket, key, text) => void batch.s3.objects.set(`${bucket}/${key}`, Buffer.from(text)),
  };
}

/** Numbers from 0 to 1, the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The lines of all parts, in the order of their names. */
function answers(): Record<string, never>[] {
  const names = [...batch.s3.objects.keys()]
    .filter((name) => name.startsWith('states/out/run1/part-'))
    .sort();
  return names.flatMap((name) =>
    (batch.s3.objects.get(name) as Buffer)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

const places = () =>
  answers().map(({ meta }) => (meta as { tags: { batch_index: number } }).tags.batch_index);

/** What the results say, added up. */
function counts(): { answered: number; failed: number } {
  const text = (
    batch.s3.objects.get(`states/out/run1/_results/${MAP_RUN}/SUCCEEDED_0.jsonl`) as Buffer
  ).toString();
  const all = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const sum = (name: 'answered' | 'failed') => all.reduce((total, each) => total + each[name], 0);
  return { answered: sum('answered'), failed: sum('failed') };
}

describe('the input of a batch, as Distributed Map sends it', () => {
  const event = (...values: unknown[]) => ({
    BatchInput: { run: 'run1', format: 'jsonl', output: input().output },
    Items: values.map((value, place) => ({ index: 40 + place, value })),
  });

  test('each item has a line, by its place; what cannot be answered says why', async () => {
    const given = event({ strData: 'a' }, [[1]], { strData: '422' }, 'no message', { length: 5.1 });
    expect(await batch.invoke(given)).toEqual({
      BatchInput: given.BatchInput,
      Items: [],
      done: { answered: 3, failed: 2 },
    });
    expect([...batch.s3.objects.keys()]).toEqual(['states/out/run1/part-000000000040.jsonl']);
    expect(answers()).toMatchObject([
      { strData: 'a', meta: { tags: { batch_id: 'run1', batch_instance_id: 'run1/40', batch_index: 40 } } },
      { data: { ndarray: [[1]] } },
      { status: { info: 'FAILURE', reason: 'ASKED_FOR: status 422' } },
      { status: { reason: expect.stringMatching(/^MICROSERVICE_BAD_DATA/) } },
      { jsonData: { rows: [[5.1]] } },
    ]);
  });

  test('cells of CSV are texts: those that are numbers of JSON become numbers', async () => {
    const { BatchInput, Items } = event({ length: '5.1', code: '007' });
    await batch.invoke({ BatchInput: { ...BatchInput, format: 'csv' }, Items });
    expect(answers()).toMatchObject([{ jsonData: { names: ['length', 'code'], rows: [[5.1, '007']] } }]);
  });

  test('a failure that may pass: what is before it is written, and the rest comes back', async () => {
    const given = event({ strData: 'a' }, { strData: '503' }, { strData: 'c' });
    const left = (await batch.invoke(given)) as { Items: unknown[] };
    expect(left).toMatchObject({ Items: given.Items.slice(1), done: { answered: 1, failed: 0 } });
    await expect(batch.invoke(left)).rejects.toMatchObject({ name: 'BATCH_TRY_AGAIN' });
    expect(answers()).toHaveLength(1);
  });

  test('answers that cannot be written fail the call', async () => {
    batch.s3.trouble = () => ({ status: 503, code: 'SlowDown' });
    await expect(batch.invoke(event([[1]]))).rejects.toThrow();
    expect(answers()).toEqual([]);
  });
});

describe('a whole run, by an interpreter of the definition', () => {
  const ROWS = 100_000;

  test('100,000 rows with failures of every kind: each has one line, in order', {
    timeout: 600_000,
  }, async () => {
    const bad = (row: number) => row % 1000 === 7;
    const lines = Array.from({ length: ROWS }, (_, row) =>
      JSON.stringify({ strData: bad(row) ? `422 ${row}` : `a ${row}` }),
    );
    put('in/data.jsonl', lines.join('\n'));
    const random = seeded(17);
    // Refused before a call, out of time after all of its work, out of time in the middle of it, or well.
    const kinds = [
      { before: 'Lambda.TooManyRequestsException' },
      { after: 'Sandbox.Timedout' },
      { remainingMs: 8_000 },
      { remainingMs: 8_000 },
    ];
    const trouble = () => kinds[Math.floor(random() * 10)] ?? {};
    const run = await execute(MACHINE, input(), 'run1', world(trouble));
    expect(run.counts).toEqual({ succeeded: 200, failed: 0, items: ROWS });
    expect(run.calls).toBeGreaterThan(300);
    expect(counts()).toEqual({ answered: ROWS - 100, failed: 100 });
    expect(places()).toEqual(Array.from({ length: ROWS }, (_, row) => row));
    const wrong = answers().filter((answer, row) =>
      bad(row) ? (answer.status as { info: string })?.info !== 'FAILURE' : answer.strData !== `a ${row}`,
    );
    expect(wrong).toEqual([]);
  });

  test('a batch that fails for good fails the run, and is all that is done again', async () => {
    put('in/data.jsonl', Array.from({ length: 1000 }, (_, row) => JSON.stringify([[row]])).join('\n'));
    let isBroken = true;
    const trouble = world();
    const broken: World = {
      ...trouble,
      invoke: (name, payload) =>
        isBroken && (payload as { Items: { index: number }[] }).Items[0]?.index === 300
          ? Promise.reject(Object.assign(new Error('x'), { name: 'MICROSERVICE_BAD_PARAMETER' }))
          : trouble.invoke(name, payload),
    };
    const failed = (await execute(MACHINE, input({ maxItemsPerBatch: 100 }), 'run1', broken).catch(
      (error) => error,
    )) as Error & { run: MapRun };
    expect(failed.name).toBe('States.ExceedToleratedFailureThreshold');
    expect(failed.run.counts).toEqual({ succeeded: 9, failed: 1, items: 1000 });
    isBroken = false;
    const again = await failed.run.redrive();
    expect(again).toMatchObject({ counts: { succeeded: 1, failed: 0, items: 100 }, calls: 1 });
    expect(places()).toEqual(Array.from({ length: 1000 }, (_, row) => row));
    const tolerant = input({ maxItemsPerBatch: 100, toleratedFailurePercentage: 10 });
    isBroken = true;
    expect((await execute(MACHINE, tolerant, 'run1', broken)).failedItems).toBe(100);
  });

  test('large items make small batches', async () => {
    put(
      'in/data.jsonl',
      Array.from({ length: 20 }, () => JSON.stringify({ strData: 'x'.repeat(50_000) })).join('\n'),
    );
    const run = await execute(MACHINE, input(), 'run1', world());
    expect(run.counts).toEqual({ succeeded: 7, failed: 0, items: 20 });
    expect(places()).toHaveLength(20);
  });

  test.each([
    ['json', '[[[1]],{"strData":"b"}]'],
    ['csv', 'length,width\n5.1,3.5\n4.9,3\n'],
  ] as const)('%s', async (format, text) => {
    put('in/data.jsonl', text);
    await execute(MACHINE, input({ format }), 'run1', world());
    expect(places()).toEqual([0, 1]);
    expect(counts()).toEqual({ answered: 2, failed: 0 });
  });

  test('an inventory: each object is a file of messages', async () => {
    put('files/a.jsonl', '[[1]]\n[[2]]\n');
    put('files/b.csv', 'length\n5.1\n');
    put('inventory/1.csv', '"states","files/a.jsonl"\n"states","files/b.csv"\n"states","files/none"\n');
    put(
      'in/manifest.json',
      JSON.stringify({ files: [{ key: 'inventory/1.csv' }], fileSchema: 'Bucket, Key', fileFormat: 'CSV' }),
    );
    const manifest = { bucket: 'states', key: 'in/manifest.json' };
    await execute(MACHINE, input({ format: 'inventory', input: manifest }), 'run1', world());
    expect(counts()).toEqual({ answered: 2, failed: 1 });
    const written = [...batch.s3.objects.keys()].filter((name) => name.startsWith('states/out/run1/files/'));
    expect(written.filter((name) => name.endsWith('_SUCCESS'))).toHaveLength(2);
    expect(answers()).toMatchObject([
      { strData: expect.stringMatching(/^s3:\/\/states\/out\/run1\/files\/files\/a\.jsonl\//) },
      { strData: expect.stringContaining('b.csv') },
      { status: { reason: expect.stringContaining('does not exist') } },
    ]);
  });

  test('a format that is none', async () => {
    const wrong = { ...input(), format: 'parquet' };
    await expect(execute(MACHINE, wrong, 'run1', world())).rejects.toMatchObject({ name: 'BATCH_FORMAT' });
  });
});
