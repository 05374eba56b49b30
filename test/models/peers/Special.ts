import { fromData, fromHalf, fromNested, type Meta, type Payload, toHalf, zeros } from 'seldon-lambda';
import { inferRequest } from './infer-request.ts';

const ARRAYS = {
  nan: () => fromData(Float64Array.of(1, Number.NaN, 3), [1, 3]),
  inf: () => fromData(Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), [1, 2]),
  big: () => fromData(BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n), [1, 3]),
  ubig: () => fromData(BigUint64Array.of(2n ** 64n - 1n), [1, 1]),
  half: () =>
    fromData(
      Float32Array.of(0.1, 65504).map((value) => fromHalf(toHalf(value))),
      [1, 2],
      'float16',
    ),
  f32: () => fromData(Float32Array.of(0.1, 1e-7), [1, 2]),
  bool: () => fromNested([[true, false]]),
  empty: () => zeros([0, 3]),
  scalar: () => fromData(Float64Array.of(7.5), []),
  vector: () => fromData(Int32Array.of(1, 2, 3)),
  str: () => fromNested([['a', 'é']]),
  bytes: () => fromData([Buffer.from('ab'), Buffer.from('c')], [1, 2], 'object'),
  i8: () => fromData(Int8Array.of(-128, 127), [1, 2]),
} as const;

/** Answers the array that the name of the first input says. */
export class Special {
  predict(_X: Payload, _names: string[], meta?: Meta) {
    return { out: ARRAYS[inferRequest(meta).inputs[0]?.name as keyof typeof ARRAYS]() };
  }
}
