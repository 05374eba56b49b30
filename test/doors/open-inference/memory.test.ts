import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runChild } from '../../support/child.ts';

const MODEL_DIR = fileURLToPath(new URL('../../models/open-inference', import.meta.url));
const PROCESS = fileURLToPath(new URL('../../support/empty-elements-process.ts', import.meta.url));

// An object for each takes over 300 MB, and a few kilobytes of gzip can hold them all.
test.each(['str', 'base64'])('a million elements without a byte take little memory: %s', async (type) => {
  const answer = await runChild(PROCESS, {
    flags: ['--max-old-space-size=100', '--import', 'tsx'],
    args: [type],
    environment: { MODEL_DIR, MODEL_NAME: 'Echo' },
  });
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('"shape":[1100000]') });
});
