import { fromData, type Meta, NdArray, type Payload, SeldonError } from 'seldon-lambda';
import { namedInputs } from './infer-request.ts';

/** Answers a + b and a - b. */
export class Multi {
  predict(X: Payload, _names: string[], meta?: Meta) {
    const { a, b, ...others } = namedInputs(X, meta);
    const [other] = Object.keys(others);
    if (other !== undefined || !(a instanceof NdArray) || !(b instanceof NdArray)) {
      throw new SeldonError('MICROSERVICE_BAD_DATA', `expected the inputs a and b, got ${other ?? 'one'}`);
    }
    const [left, right] = [a.asType('float32').data, b.asType('float32').data];
    return {
      'output-0': fromData(
        left.map((value, index) => value + (right[index] ?? 0)),
        a.shape,
      ),
      'output-1': fromData(
        left.map((value, index) => value - (right[index] ?? 0)),
        a.shape,
      ),
    };
  }
}
