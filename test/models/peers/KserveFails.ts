import { type Meta, NdArray, type Payload, SeldonError } from 'seldon-lambda';
import { inferRequest } from './infer-request.ts';

const ERRORS: Readonly<Record<string, () => Error>> = {
  value: () => new RangeError('a value is wrong'),
  invalid: () => new SeldonError('INVALID_INPUT', 'the input is wrong'),
  inference: () => new SeldonError('INFERENCE', 'inference went wrong', { status: 500 }),
  notimpl: () => new SeldonError('NOT_IMPLEMENTED', 'not done', { status: 501 }),
  missing: () => new SeldonError('MODEL_NOT_FOUND', 'Model with name other does not exist.', { status: 404 }),
};

/** Throws what the name of the first input says, or the first instance. */
export class KserveFails {
  predict(X: Payload, _names: string[], meta?: Meta): never {
    const [input] = inferRequest(meta).inputs;
    const instance = X instanceof NdArray ? X.toFlat()[0] : undefined;
    throw (ERRORS[input?.name ?? String(instance)] ?? (() => new Error('boom')))();
  }
}
