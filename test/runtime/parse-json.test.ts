import { expect, test } from 'vitest';
import { parseJson } from '../../src/runtime/parse-json.ts';

test('gives the value of JSON, and undefined of any other text', () => {
  expect([parseJson('{"a":[1]}'), parseJson('null'), parseJson('<html>'), parseJson('')]).toEqual([
    { a: [1] },
    null,
    undefined,
    undefined,
  ]);
});
