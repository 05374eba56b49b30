import { fromData, type Meta, type Payload, SeldonError, SeldonResponse } from 'seldon-lambda';

const ANSWERS: Readonly<Record<string, () => unknown>> = {
  text: () => 'hello',
  bytes: () => Uint8Array.of(0, 255),
  nan: () => [[1, Number.NaN, Number.POSITIVE_INFINITY]],
  bool: () => [true, false],
  big: () => BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n),
  bits: () => BigInt64Array.of(1n, 0n),
  ubig: () => BigUint64Array.of(2n ** 64n - 1n, 0n),
  f32: () => Float32Array.of(0.1, 1e-7, 3.4e38, 1 / 3, 16777216, -0.5),
  half: () => fromData(Float32Array.of(0.1, 65504), [1, 2], 'float16'),
  scalar: () => fromData([7.5], []),
  empty: () => fromData(new Float64Array(0), [0, 3]),
  strings: () => [['a', 'b']],
  named: () => ({ sum: [[1.5]], label: 'x', raw: Uint8Array.of(1), flags: [true] }),
  json: () => ({ a: { b: 1 }, list: [1] }),
  objects: () => [['a', 1]],
  complex: () => fromData(Float32Array.of(1, 2), [1], 'complex64'),
  tagged: () => new SeldonResponse([1], { tags: { note: 'fine', number: 2, nested: { a: [1] }, no: null } }),
  own: () => {
    throw new SeldonError('TEAPOT', 'I am a teapot', { status: 418 });
  },
  fails: () => {
    throw new RangeError('no way');
  },
};

/** Answers what the name of the first input says. */
export class Special {
  predict(_X: Payload, _names: string[], meta?: Meta) {
    const inputs = (meta?.inputs ?? []) as readonly { readonly name: string }[];
    return ANSWERS[inputs[0]?.name ?? '']?.() as never;
  }
}
