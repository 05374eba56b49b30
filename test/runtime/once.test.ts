import { expect, test } from 'vitest';
import { createOnce } from '../../src/runtime/once.ts';

test('opens at the first call only, and gives the same result to every call', async () => {
  const once = createOnce<object>();
  const first = await once(async () => ({}));
  const second = await once(async () => {
    throw new Error('opened twice');
  });
  expect(second).toBe(first);
});

test('calls that come while it opens wait for the same attempt', async () => {
  const once = createOnce<number>();
  let opened = 0;
  const open = async () => ++opened;
  expect(await Promise.all([once(open), once(open), once(open)])).toEqual([1, 1, 1]);
});

test('a failure reaches those who wait for it, and the next call opens again', async () => {
  const once = createOnce<string>();
  const fail = () => Promise.reject(new Error('not yet'));
  const results = await Promise.allSettled([once(fail), once(fail)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await once(async () => 'open')).toBe('open');
});
