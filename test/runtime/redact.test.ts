import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutCredentials } from '../../src/runtime/redact.ts';

test.each([
  ['redis://user:secret@host:6379/0', 'redis://***@host:6379/0'],
  ['redis://:secret@host', 'redis://***@host'],
  ['https://token@host/path', 'https://***@host/path'],
  ['https://us@er:sec@ret@host/path', 'https://***@host/path'],
  ['https:user:secret@host/path', 'https:***@host/path'],
  ['redis://user:sec/ret@host', 'redis://***@host'],
  ['redis://user:12/secret@host', 'redis://***@host'],
  ['redis:///user:secret@host', 'redis://***@host'],
  ['redis:user:secret@host', 'redis:***@host'],
  ['//user:secret@host', '//***@host'],
  ['no url://user:sec@ret@host', 'no url://***@host'],
  ['https://user:secret@', 'https://***@'],
  ['user secret@host', '***@host'],
  ['redis://host?password=secret', 'redis://host?***'],
  ['redis://host?password=sec@ret', 'redis://***'],
  ['redis://host/0#secret', 'redis://host/0#***'],
  ['redis://user:12#secret@host', 'redis://***@host'],
  ['redis://host;password=secret', 'redis://host;***'],
  ['user:secret@host:6379', '***@host:6379'],
  ['host:6379?password=secret', 'host:6379?***'],
  ['password=secret', 'password=***'],
  // The host may go along.
  ['s3://user:secret@bucket/a@b', 's3://***@b'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown);
});

test.each(['https://host/path', 's3://bucket/key//c', 'memory:', 'no URL', 'REDISX://host'])(
  '%s is shown as it is',
  (url) => {
    expect(withoutCredentials(url)).toBe(url);
  },
);

test('nothing of a user or a password is shown, whatever characters they have', () => {
  const secret = fc.string({ unit: fc.constantFrom(...'ab1/?#@:%[]\n '), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom('redis:', 'https:', 'unknown:'), secret, secret, (scheme, user, password) => {
      expect(withoutCredentials(`${scheme}//${user}:${password}@host/0`)).toBe(`${scheme}//***@host/0`);
    }),
    { numRuns: 5000 },
  );
});
