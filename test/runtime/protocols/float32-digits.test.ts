import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataToJson } from '../../../src/runtime/protocols/open-inference/json-data.ts';

const FLOATS = fc
  .uint32Array({ minLength: 64, maxLength: 200 })
  .map((bits) =>
    new Float32Array(bits.buffer, bits.byteOffset, bits.length).map((value) =>
      Number.isFinite(value) ? value : 0,
    ),
  );

/** A list of less than 64 numbers is written without the kernel. */
const inPieces = async (floats: Float32Array) => {
  const pieces = Array.from({ length: Math.ceil(floats.length / 50) }, (_, index) =>
    dataToJson({ data: floats.subarray(50 * index, 50 * index + 50), datatype: 'FP32' }),
  );
  return (await Promise.all(pieces)).map((text) => text.slice(1, -1)).join();
};

test('float32 numbers have the same digits in small and large arrays, which read back as the same numbers', async () => {
  // The kernel is loaded when an instance has had large arrays.
  await dataToJson({ data: new Float32Array(20_000), datatype: 'FP32' });
  await fc.assert(
    fc.asyncProperty(FLOATS, async (floats) => {
      const text = await dataToJson({ data: floats, datatype: 'FP32' });
      expect(text).toBe(`[${await inPieces(floats)}]`);
      expect(new Float32Array(JSON.parse(text) as number[])).toEqual(floats.map((value) => value + 0));
    }),
    { numRuns: 300 },
  );
  expect(await dataToJson({ data: new Float32Array(64).fill(-2886557.25), datatype: 'FP32' })).toContain(
    '[-2886557.2,',
  );
});
