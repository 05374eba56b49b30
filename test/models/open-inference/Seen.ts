import { type Meta, NdArray, type Payload } from 'seldon-lambda';

/** Answers what its `predict` got. */
export class Seen {
  predict(X: Payload, names: string[], meta?: Meta) {
    return JSON.stringify({ X: describe(X), names, meta });
  }
}

function describe(X: unknown): unknown {
  if (X instanceof NdArray) {
    const elements = X.toFlat().map((element) =>
      typeof element === 'bigint' ? `${element}n` : element instanceof Uint8Array ? [...element] : element,
    );
    return { dtype: X.dtype, shape: X.shape, elements };
  }
  if (X instanceof Uint8Array) {
    return { bytes: [...X] };
  }
  if (typeof X === 'object' && X !== null && Object.values(X).some((value) => value instanceof NdArray)) {
    return Object.fromEntries(Object.entries(X).map(([name, value]) => [name, describe(value)]));
  }
  return { value: X };
}
