import { expect, test } from 'vitest';
import { kindOf, show } from '../../src/runtime/show.ts';

test.each([
  [Symbol('s'), 'a symbol'],
  [() => 1, 'a function'],
  [new Map(), 'a Map'],
  [new Uint8Array(1), 'a Uint8Array'],
  [new URL('http://a.example'), 'a URL'],
  [[], 'an Array'],
  [{}, 'an Object'],
  [new Int8Array(1), 'an Int8Array'],
  [new Error('e'), 'an Error'],
  [Object.create(null), 'an object'],
  [null, 'an object'],
])('the kind of a value has its article: %#', (value, kind) => {
  expect(kindOf(value)).toBe(kind);
});

test('a value without JSON is shown by its kind', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(show(cycle)).toBe('an Object');
});
