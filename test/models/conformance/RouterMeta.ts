import type { Meta, Payload } from 'seldon-lambda';
import { toNumber } from './to-number.ts';

/** Routes to the branch that the request names in its tags. */
export class RouterMeta {
  route(_X: Payload, _names: string[], meta?: Meta) {
    return Math.trunc(toNumber(meta?.tags?.branch ?? 0));
  }
}
