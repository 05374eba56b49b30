import { expect, test } from 'vitest';
import { within } from '../../src/runtime/time-limit.ts';

const toError = () => new Error('too late');

test('gives what the work gives', async () => {
  expect(await within(Promise.resolve('done'), 60_000, toError)).toBe('done');
});

test('throws what the work throws', async () => {
  await expect(within(Promise.reject(new Error('failed')), 60_000, toError)).rejects.toThrow('failed');
});

test('throws when the time is over, and ignores a later failure of the work', async () => {
  let fail = () => {};
  const work = new Promise<never>((_, reject) => {
    fail = () => reject(new Error('failed'));
  });
  await expect(within(work, 1, toError)).rejects.toThrow('too late');
  fail();
});
