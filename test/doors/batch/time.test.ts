import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answeredIds, type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordEvents } from '../../support/batch/events.ts';

let batch: BatchFunction;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => batch.deploy());

afterAll(() => batch.close());

const messages = (...words: string[]) => words.map((strData) => JSON.stringify({ strData }));
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

/** The time that is left, a step less each time it is asked for. */
function clock(startMs: number, stepMs: number): { getRemainingTimeInMillis: () => number } {
  let left = startMs;
  return {
    getRemainingTimeInMillis() {
      left -= stepMs;
      return Math.max(0, left);
    },
  };
}

test.each(['sqs', 'kinesis'] as const)(
  '%s: when the time is nearly over, the records that are left are reported, and the answers sent',
  async (name) => {
    const event = recordEvents[name](messages(...Array.from({ length: 100 }, (_, index) => `a ${index}`)));
    const { batchItemFailures } = (await batch.invoke(event, clock(30_000, 500))) as ReturnType<
      typeof failures
    >;
    const count = batch.aws.answers.length;
    expect(count).toBeGreaterThan(5);
    expect(count).toBeLessThan(95);
    expect(answeredIds(batch.aws.answers).at(-1)).toMatch(new RegExp(`r${count - 1}$`));
    const rest = Array.from({ length: 100 - count }, (_, index) => `r${count + index}`);
    expect(batchItemFailures).toEqual(
      failures(...(name === 'sqs' ? rest : rest.slice(0, 1))).batchItemFailures,
    );
  },
);

test('a call without an end is reported, and the answers before it are sent', async () => {
  const event = recordEvents.sqs(messages('a', 'hang', 'c'));
  expect(await batch.invoke(event, { getRemainingTimeInMillis: () => 400 })).toMatchObject({
    batchItemFailures: expect.arrayContaining([{ itemIdentifier: 'r1' }]),
  });
  expect(answeredIds(batch.aws.answers)[0]).toBe('r0');
});

test('a function whose time is over at once answers nothing, and loses nothing', async () => {
  const event = recordEvents.sqs(messages('a', 'b'));
  expect(await batch.invoke(event, { getRemainingTimeInMillis: () => 0 })).toEqual(failures('r0', 'r1'));
  expect(batch.aws.answers).toEqual([]);
});
