import { expect, test } from 'vitest';
import { SeldonError } from '../../src/runtime/errors.ts';

const cause = new Error('the cause');
const original = new SeldonError(
  'BUSY',
  { why: 'too many calls' },
  {
    status: 429,
    cause,
    headers: { 'retry-after': '7' },
    body: { retry: true },
  },
);

test('with() changes what it is given and copies the rest', () => {
  const copy = original.with({ status: 503, isLogged: true });
  expect(copy).not.toBe(original);
  expect(copy).toBeInstanceOf(SeldonError);
  expect({ ...copy }).toEqual({ ...original, status: 503, isLogged: true });
  expect(copy.message).toBe(original.message);
  expect(copy.cause).toBe(cause);
  expect(copy.stack).toBe(original.stack);
});

test('with() makes the message of another info', () => {
  const { message, info, status } = original.with({ info: 'hidden' });
  expect({ message, info, status }).toEqual({ message: 'hidden', info: 'hidden', status: 429 });
});
