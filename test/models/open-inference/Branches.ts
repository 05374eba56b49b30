import { fromData, type Meta, NdArray, type Payload } from 'seldon-lambda';

/** Routes by the first number; joins what it combines. */
export class Branches {
  route(X: Payload, names: readonly string[], meta?: Meta) {
    void [names, meta];
    return X instanceof NdArray ? Number(X.asType('float64').data[0]) : -1;
  }

  aggregate(Xs: readonly Payload[], names: readonly (readonly string[])[]) {
    const sum = Xs.flatMap((X) => Array.from((X as NdArray).asType('float64').data));
    return names[0]?.length ? { [names[0].join()]: sum } : fromData(Float64Array.from(sum));
  }
}
