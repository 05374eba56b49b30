import { expectTypeOf, test } from 'vitest';
import type { NdArray, Returned, SeldonResponse } from '../../../src/index.ts';

test('a method may return what an answer can carry', () => {
  expectTypeOf<NdArray>().toExtend<Returned>();
  expectTypeOf<Float32Array>().toExtend<Returned>();
  expectTypeOf<Buffer>().toExtend<Returned>();
  expectTypeOf<number[][]>().toExtend<Returned>();
  expectTypeOf<string>().toExtend<Returned>();
  expectTypeOf<{ readonly score: number }>().toExtend<Returned>();
  expectTypeOf<SeldonResponse<string>>().toExtend<Returned>();
});

test('a method may not return what an answer cannot carry', () => {
  expectTypeOf<number>().not.toExtend<Returned>();
  expectTypeOf<undefined>().not.toExtend<Returned>();
  expectTypeOf<Map<string, number>>().not.toExtend<Returned>();
  expectTypeOf<Date>().not.toExtend<Returned>();
  expectTypeOf<() => string>().not.toExtend<Returned>();
});
