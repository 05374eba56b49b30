import { NdArray, type Payload } from 'seldon-lambda';

/** Takes nested lists of what it gets, as a model does that loops over rows. */
export class Nests {
  predict(X: Payload) {
    return X instanceof NdArray ? (X.toNested() as unknown[]) : X;
  }
}
