import { fromData, type Meta, type Payload } from 'seldon-lambda';

/** Answers three probabilities, whatever it gets. */
export class Constant {
  predict(_X: Payload, _names: string[], _meta?: Meta) {
    return fromData(new Float64Array([0.9, 0.05, 0.05]), [1, 3]);
  }
}
