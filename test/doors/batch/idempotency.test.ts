import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import { recordEvents } from '../../support/batch/events.ts';

let batch: BatchFunction;
let folder: string;

beforeAll(async () => {
  batch = await openBatchFunction();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-batch-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

afterAll(() => batch.close());

const MODEL = {
  MODEL_DIR: fileURLToPath(new URL('../../models/state', import.meta.url)),
  MODEL_NAME: 'Learner',
  STATE_MAX_AGE_MS: '0',
  METRICS_URL: '',
};

/** The sums that the model answers, in the form of an array that its request has or has not. */
const sums = () =>
  batch.aws.answers.map((answer) => {
    const { ndarray, tensor } = JSON.parse(answer).data;
    return (ndarray ?? tensor.values)[0];
  });

test('feedback that a queue delivers again counts once, and gets the same answer', async () => {
  const deploy = () =>
    batch.deploy({ ...MODEL, BATCH_METHOD: 'send-feedback', STATE_URL: pathToFileURL(folder).href });
  const event = recordEvents.sqs([1, 2, 3].map((reward) => JSON.stringify({ reward })));
  deploy();
  expect(await batch.invoke(event)).toEqual({ batchItemFailures: [] });
  expect(sums()).toEqual([1, 3, 6]);
  // In another instance.
  deploy();
  expect(await batch.invoke(event)).toEqual({ batchItemFailures: [] });
  expect(sums()).toEqual([1, 3, 6]);
  const next = recordEvents.sqs(['{"reward":0}', '{"reward":0}', '{"reward":0}', '{"reward":4}']);
  next.Records.splice(0, 3);
  deploy();
  await batch.invoke(next);
  expect(sums()).toEqual([10]);
});

test('an answer that did not arrive changes the state once: the record comes again', async () => {
  batch.deploy({ ...MODEL, STATE_URL: pathToFileURL(folder).href });
  const event = recordEvents.kinesis(['[[1]]', '[[1]]']);
  batch.aws.trouble = (target) =>
    target.endsWith('Batch') ? { status: 500, code: 'InternalFailure' } : undefined;
  expect(await batch.invoke(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'r0' }] });
  batch.aws.trouble = () => undefined;
  expect(await batch.invoke(event)).toEqual({ batchItemFailures: [] });
  expect(sums()).toEqual([1, 2]);
});
