import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runChild } from '../../support/child.ts';

const MODEL_DIR = fileURLToPath(new URL('../../models/open-inference', import.meta.url));
const PROCESS = fileURLToPath(new URL('../../support/empty-elements-process.ts', import.meta.url));
const CLASSES = fileURLToPath(new URL('../../support/classes-process.ts', import.meta.url));

// An object for each takes over 300 MB, and a few kilobytes of gzip can hold them all.
test.each(['str', 'base64'])('a million elements without a byte take little memory: %s', async (type) => {
  const answer = await runChild(PROCESS, {
    flags: ['--max-old-space-size=100', '--import', 'tsx'],
    args: [type],
    environment: { MODEL_DIR, MODEL_NAME: 'Echo' },
  });
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"shape":[1100000]') });
});

// A text for each took 380 MB and more before the answer was found to be too long.
test.each([
  ['all classes of a long row', [1, 4_200_000, 4_200_000], 413],
  ['the class of each of many rows', [4_200_000, 1, 1], 413],
  ['a few classes of a long row', [1, 4_200_000, 5], 200],
])('%s take little memory', async (_what, args, status) => {
  const answer = await runChild<{ grownMb: number }>(CLASSES, {
    flags: ['--import', 'tsx'],
    args: args.map(String),
    environment: { MODEL_DIR, MODEL_NAME: 'Echo' },
  });
  expect(answer).toMatchObject({ status });
  expect(answer.grownMb).toBeLessThan(50);
});
