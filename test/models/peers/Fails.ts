import { type Meta, type Payload, SeldonError } from 'seldon-lambda';
import { inferRequest } from './infer-request.ts';

const ERRORS: Readonly<Record<string, () => Error>> = {
  value: () => new RangeError('a value is wrong'),
  inference: () => new SeldonError('INFERENCE', 'inference went wrong'),
  status: () => new SeldonError('TEAPOT', 'teapot', { status: 418 }),
};

/** Throws what the name of the first input says. */
export class Fails {
  predict(_X: Payload, _names: string[], meta?: Meta): never {
    throw (ERRORS[inferRequest(meta).inputs[0]?.name ?? ''] ?? (() => new Error('boom')))();
  }
}
