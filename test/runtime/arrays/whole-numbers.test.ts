import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Declared } from '../../../src/runtime/arrays/declared.ts';
import { TYPED_ARRAY } from '../../../src/runtime/arrays/dtype.ts';
import { fromData, type NdArray } from '../../../src/runtime/arrays/ndarray.ts';
import { readPlain } from '../../../src/runtime/arrays/plain-values.ts';
import { dataToJson } from '../../../src/runtime/protocols/open-inference/json-data.ts';
import { tensorsOf } from '../../../src/runtime/protocols/tensors/answer-tensors.ts';
import { bytesOf } from '../../../src/runtime/protocols/tensors/binary-bytes.ts';

const signed = fc.array(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }), fc.constant(-0)), {
  minLength: 1,
  maxLength: 80,
});

/** The array of a long list, which is read as doubles. */
const read = (numbers: readonly number[], declared: Declared) =>
  readPlain(fromData(Float64Array.from(numbers)), declared) as NdArray;

/** What every view of an array gives; a refusal counts as its text. */
const VIEWS: Readonly<Record<string, (array: NdArray) => unknown>> = {
  data: (array) => array.data,
  nested: (array) => array.toNested(),
  flat: (array) => array.toFlat(),
  reshaped: (array) => array.reshape([1, 1, -1]).toNested(),
  copied: (array) => array.elements().copyTo(new Float64Array(1), 0),
  ...Object.fromEntries(
    (Object.keys(TYPED_ARRAY) as (keyof typeof TYPED_ARRAY)[]).map((dtype) => [
      `as ${dtype}`,
      (array: NdArray) => array.asType(dtype).data,
    ]),
  ),
  json: async (array) => dataToJson((await tensorsOf(array, []))[0] as Parameters<typeof dataToJson>[0]),
  bytes: async (array) => bytesOf((await tensorsOf(array, []))[0] as Parameters<typeof bytesOf>[0]),
};

test.each(Object.entries(VIEWS))(
  '64-bit integers from JSON are those of a BigInt64Array: %s',
  async (_, view) => {
    await fc.assert(
      fc.asyncProperty(signed, fc.boolean(), async (numbers, isFlat) => {
        const shape = isFlat ? [numbers.length] : [1, numbers.length];
        const declared = { shape, place: 'data' };
        const seen = (array: NdArray) =>
          Promise.resolve()
            .then(() => view(array))
            .catch((error: Error) => error.message);
        const signedOnes = read(numbers, { ...declared, datatype: 'INT64' }) as NdArray;
        expect(await seen(signedOnes)).toEqual(
          await seen(fromData(BigInt64Array.from(numbers, BigInt), shape)),
        );
        const positive = numbers.map(Math.abs);
        const unsigned = read(positive, { ...declared, datatype: 'UINT64' }) as NdArray;
        expect(await seen(unsigned)).toEqual(
          await seen(fromData(BigUint64Array.from(positive, BigInt), shape)),
        );
      }),
    );
  },
);

test('what is written into the data of 64-bit integers is in every view', () => {
  const array = read([1, 2], { datatype: 'INT64', shape: [2], place: 'data' }) as NdArray<'int64'>;
  array.data[1] = 5n;
  expect([array.toFlat(), array.asType('float64').data]).toEqual([[1n, 5n], Float64Array.of(1, 5)]);
});
