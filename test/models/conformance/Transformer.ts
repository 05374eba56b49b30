import type { Meta, Payload } from 'seldon-lambda';
import { plus, times } from './array-math.ts';

/** Doubles what comes in and adds one to what goes out. */
export class Transformer {
  transformInput(X: Payload, _names: string[], _meta?: Meta) {
    return times(X, 2);
  }

  transformOutput(X: Payload, _names: string[], _meta?: Meta) {
    return plus(X, 1);
  }
}
