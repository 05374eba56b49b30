import { type DType, fromData, fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { fromArrays } from '../../../src/runtime/arrays/stack.ts';

describe('lists that hold arrays', () => {
  test.each<[name: string, nested: unknown[], shape: number[], dtype: DType]>([
    ['typed arrays in a list', [Float64Array.of(1)], [1, 1], 'float64'],
    ['typed arrays of one kind', [[Float32Array.of(1, 2)], [Float32Array.of(3, 4)]], [2, 1, 2], 'float32'],
    ['typed arrays of two kinds', [Float32Array.of(1), Int8Array.of(2)], [2, 1], 'float64'],
    ['a typed array beside a list', [Float32Array.of(1), [2]], [2, 1], 'float64'],
    ['typed arrays of unequal length', [Float32Array.of(1), Float32Array.of(2, 3)], [2], 'object'],
    ['typed arrays of bigints', [BigInt64Array.of(1n), BigInt64Array.of(2n)], [2, 1], 'int64'],
    ['NdArrays', [fromNested([[1, 2]]), fromNested([[3, 4]])], [2, 1, 2], 'float64'],
    ['NdArrays without axes', [fromNested(1), fromNested(2)], [2], 'float64'],
    ['NdArrays of text', [fromNested(['a']), fromNested(['b'])], [2, 1], 'string'],
    ['an NdArray beside a typed array', [fromData(Int8Array.of(1)), Int8Array.of(2)], [2, 1], 'int8'],
  ])('%s', (_name, nested, expectedShape, dtype) => {
    const array = fromArrays(nested);
    expect({ shape: array?.shape, dtype: array?.dtype }).toEqual({ shape: expectedShape, dtype });
  });

  test('are left alone when there are none, or when they hold themselves', () => {
    const cyclic: unknown[] = [1];
    cyclic.push(cyclic, cyclic);
    for (const list of [[1, null], [Buffer.of(1)], cyclic]) {
      expect(fromArrays(list)).toBeUndefined();
    }
  });
});
