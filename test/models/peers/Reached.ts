import { type Meta, NdArray, type Payload } from 'seldon-lambda';
import { namedInputs } from './infer-request.ts';

/** Says exactly what reached it: dtype, shape and each element of each input, which no JSON of arrays does. */
export class Reached {
  predict(X: Payload, _names: string[], meta?: Meta) {
    const inputs = Object.entries(namedInputs(X, meta)).map(([name, array]) => [name, describe(array)]);
    return { reached: JSON.stringify(Object.fromEntries(inputs)) };
  }
}

function describe(payload: Payload): unknown {
  if (!(payload instanceof NdArray)) {
    return typeof payload;
  }
  const { dtype, shape } = payload;
  return { dtype, shape, elements: Array.from(payload.toFlat(), textOf) };
}

/** A text that two elements share only if they are the same. */
export function textOf(element: unknown): string {
  return `${typeof element} ${Object.is(element, -0) ? '-0' : String(element)}`;
}
