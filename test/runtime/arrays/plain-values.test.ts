import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DATATYPES, type Datatype } from '../../../src/runtime/arrays/datatypes.ts';
import { fromNested } from '../../../src/runtime/arrays/from-nested.ts';
import { readValues } from '../../../src/runtime/arrays/json-values.ts';
import { NdArray } from '../../../src/runtime/arrays/ndarray.ts';
import { readPlain } from '../../../src/runtime/arrays/plain-values.ts';

const number = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.double(),
  fc.constantFrom(
    -0,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 63,
    1e39,
    -129,
    65_536,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
);
const list = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 6 }),
  fc.array(fc.integer({ min: -3, max: 300 }), { maxLength: 6 }),
  fc.array(number, { maxLength: 6 }),
  fc.array(fc.oneof(number, fc.constantFrom(null, true, 'NaN', 'a', 2n ** 60n)), { maxLength: 6 }),
);
const datatype = fc.constantFrom(...(Object.keys(DATATYPES) as Datatype[]));
const shape = fc.array(fc.constantFrom(-1, 0, 1, 2, 3, 6), { maxLength: 3 });

const seen = (read: () => unknown) => {
  try {
    const array = read();
    return array instanceof NdArray
      ? { dtype: array.dtype, shape: array.shape, data: array.data, nested: array.toNested() }
      : array;
  } catch (error) {
    return (error as Error).message;
  }
};

test('numbers that mean themselves are read as any values are, and nothing is taken that these refuse', () => {
  let plain = 0;
  fc.assert(
    fc.property(list, datatype, fc.option(shape), (data, type, given) => {
      const declared = { datatype: type, shape: given ?? [data.length], place: 'data' };
      const read = readPlain(fromNested(data, 'objects'), declared);
      if (read !== undefined) {
        plain++;
        expect(seen(() => read)).toEqual(seen(() => readValues(data, declared)));
      }
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(100);
});
