import type { Meta, Payload } from 'seldon-lambda';
import { kinds, pick } from './kinds.ts';

/** Answers whatever kind of value the request names. */
export class ReturnZoo {
  predict(X: Payload, _names: string[], _meta?: Meta) {
    return kinds[pick(X)]();
  }

  transformInput(X: Payload, _names: string[], _meta?: Meta) {
    return kinds[pick(X)]();
  }

  transformOutput(X: Payload, _names: string[], _meta?: Meta) {
    return kinds[pick(X)]();
  }

  aggregate(Xs: Payload[]) {
    return kinds[pick(Xs[0])]();
  }
}
