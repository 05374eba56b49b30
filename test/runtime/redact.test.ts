import { expect, test } from 'vitest';
import { withoutCredentials } from '../../src/runtime/redact.ts';

test.each([
  ['redis://user:secret@host:6379/0', 'redis://***@host:6379/0'],
  ['redis://:secret@host', 'redis://***@host'],
  ['https://token@host/path', 'https://***@host/path'],
  ['https://us@er:sec@ret@host/path', 'https://***@host/path'],
  ['https:user:secret@host/path', 'https://***@host/path'],
  ['s3://user:secret@bucket/a@b', 's3://***@bucket/a@b'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown);
});

test.each([
  'https://host/path',
  'https://host/a@b',
  'https://host?mail=a@b',
  'https://host#a@b',
  's3://bucket/key//c@d',
  'file:///folder/a@b',
  'memory:',
  'no URL',
])('%s is shown as it is', (url) => {
  expect(withoutCredentials(url)).toBe(url);
});

test.each([
  ['redis://user:sec/ret@host', 'redis://***@host'],
  ['redis:user:secret@host', 'redis:***@host'],
  ['//user:secret@host', '//***@host'],
  ['no url://user:sec@ret@host', 'no url://***@host'],
  ['https://user:secret@', 'https://***@'],
  ['user secret@host', '***@host'],
])('%s, which is not a URL with a host, is shown as %s', (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown);
});
