import { type Meta, NdArray, type Payload } from 'seldon-lambda';
import { inferRequest } from './infer-request.ts';

/** Says what it got: whether it has columns, its dtype and shape. */
export class Seen {
  predict(X: Payload, names: string[], meta?: Meta): unknown {
    const isFrame = names.length > 0;
    const array = X instanceof NdArray ? X : undefined;
    const seen = {
      type: isFrame ? 'DataFrame' : 'ndarray',
      dtype: isFrame ? 'None' : array?.dtype,
      shape: array?.shape,
      columns: isFrame ? names : null,
    };
    return inferRequest(meta).inputs.length > 0 ? { seen: JSON.stringify(seen) } : [seen];
  }
}
