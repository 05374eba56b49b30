import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TYPED_ARRAY } from '../../../src/runtime/arrays/dtype.ts';
import { TENSOR_TYPES } from '../../../src/runtime/arrays/tensor-types.ts';

// The page runs in a browser and imports no code of the runtime.
const page = readFileSync(new URL('../../../src/page/tensor-content.ts', import.meta.url), 'utf8');
const packed = [...page.matchAll(/(DT_\w+): (\w+),/g)].map(([, name, array]) => [name, array] as const);

test.each(packed)('the page unpacks %s as the runtime does: as %s', (name, array) => {
  const type = TENSOR_TYPES.find((each) => each.name === name);
  const numbers = TYPED_ARRAY[type?.dtype as keyof typeof TYPED_ARRAY];
  expect(numbers.name).toBe(array);
  expect(numbers.BYTES_PER_ELEMENT).toBe(type?.bytes);
});

test('the page unpacks the plain numbers', () => {
  expect(packed).toHaveLength(9);
});
