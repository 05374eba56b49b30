import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answeredIds, type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordEvents, type ToEvent } from '../../support/batch/events.ts';

type Result = { batchItemFailures: { itemIdentifier: string }[] };

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => batch.deploy());

afterAll(() => batch.close());

const text = (word: string) => JSON.stringify({ strData: word });

async function run(toEvent: ToEvent, words: readonly string[]): Promise<string[]> {
  batch.aws.answers.length = 0;
  const { batchItemFailures } = (await batch.invoke(toEvent(words.map(text)))) as Result;
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** The places of the records that have answers. */
const answered = () => answeredIds(batch.aws.answers).map((id) => Number(/r(\d+)$/.exec(id)?.[1]));

/**
 * The laws of Powertools' batch utility, with `throwOnFullBatchFailure: false`.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/batch/
 */
describe('the laws of a batch processor', () => {
  test.each(Object.entries(recordEvents))('%s: all succeed: no failure is reported', async (_, toEvent) => {
    expect(await run(toEvent, ['a', 'b', 'c'])).toEqual([]);
    expect(answered()).toEqual([0, 1, 2]);
  });

  test('SQS: some fail: these are reported, and the others are done', async () => {
    expect(await run(recordEvents.sqs, ['a', '500', 'crash', 'd'])).toEqual(['r1', 'r2']);
    expect(answered()).toEqual([0, 3]);
  });

  test('SQS: all fail: all are reported', async () => {
    expect(await run(recordEvents.sqs, ['500', '400'])).toEqual(['r0', 'r1']);
    expect(answered()).toEqual([]);
  });

  test('FIFO: the first failure ends the work, and all that is left is reported', async () => {
    expect(await run(recordEvents.fifo, ['a', '500', 'c', 'd'])).toEqual(['r1', 'r2', 'r3']);
    expect(answered()).toEqual([0]);
  });

  test.each(['kinesis', 'dynamodb'] as const)(
    '%s: the result names the first that failed, from which the stream is read again',
    async (name) => {
      expect(await run(recordEvents[name], ['a', '500', 'c', '500'])).toEqual(['r1']);
      expect(answered()).toEqual([0]);
    },
  );

  test('an event of one record', async () => {
    expect(await run(recordEvents.sqs, ['500'])).toEqual(['r0']);
    expect(await run(recordEvents.kinesis, ['a'])).toEqual([]);
  });
});

const word = fc.constantFrom('a', 'b', '400', '422', '500', '503', 'crash');
const outputs = ['sqs://answers', 'sqs://answers.fifo', 'eventbridge://bus', 'firehose://stream'];

test.each(outputs)(
  '%s: every record is answered or reported, never both',
  { timeout: 120_000 },
  async (url) => {
    batch.deploy({ BATCH_OUTPUT_URL: url });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(recordEvents) as (keyof typeof recordEvents)[])),
        fc.array(word, { minLength: 1, maxLength: 25 }),
        fc.uniqueArray(fc.nat({ max: 24 }), { maxLength: 4 }),
        async (source, words, refused) => {
          const numbered = words.map((each, index) => `${each} ${index}`);
          // Each is refused at every try.
          batch.aws.refuses = (answer) =>
            refused.includes(
              Number(/ (\d+)"/.exec(JSON.parse(answer).strData === undefined ? '' : answer)?.[1]),
            );
          const reported = (await run(recordEvents[source], numbered)).map((id) => Number(id.slice(1)));
          const isFailing = (index: number) =>
            /^\d|^crash/.test(words[index] as string) || refused.includes(index);
          const places = words.map((_, index) => index);
          const first = places.find(isFailing) ?? words.length;
          const isOrdered = source !== 'sqs';
          const done = places.filter((place) => (isOrdered ? place < first : !isFailing(place)));
          const rest = places.filter((place) => !done.includes(place));
          expect(answered().sort((a, b) => a - b)).toEqual(done);
          const isStream = source === 'kinesis' || source === 'dynamodb';
          expect(reported).toEqual(isStream ? rest.slice(0, 1) : rest);
        },
      ),
      { numRuns: 25 },
    );
  },
);

test('S3: all answers of an event are one object, or none', async () => {
  batch.deploy({ BATCH_OUTPUT_URL: 's3://states/out' });
  const written = () => [...batch.s3.objects].filter(([key]) => key.startsWith('states/out/'));
  expect(await run(recordEvents.kinesis, ['a', 'b', '500'])).toEqual(['r2']);
  const [[key, content] = ['', Buffer.of()], ...others] = written();
  expect(others).toEqual([]);
  expect(key).toMatch(/^states\/out\/\d{4}-\d\d-\d\d\/[\w-]+\.jsonl$/);
  const lines = content.toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).strData)).toEqual(['a', 'b']);
  batch.s3.trouble = () => ({ status: 403, code: 'AccessDenied' });
  expect(await run(recordEvents.kinesis, ['a', 'b', '500'])).toEqual(['r0']);
  expect(await run(recordEvents.sqs, ['a', '500', 'c'])).toEqual(['r0', 'r1', 'r2']);
  expect(await run(recordEvents.fifo, ['a', '500', 'c'])).toEqual(['r0', 'r1', 'r2']);
  expect(written()).toHaveLength(1);
});
