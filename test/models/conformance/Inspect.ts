import type { Meta, NdArray, Payload } from 'seldon-lambda';
import { D } from './describe.ts';

/** Answers a description of everything that its methods get. */
export class Inspect {
  predict(X: Payload, names: string[], meta?: Meta) {
    return { method: 'predict', X: D(X), names: D(names), meta: D(meta) };
  }

  transformInput(X: Payload, names: string[], meta?: Meta) {
    return { method: 'transform_input', X: D(X), names: D(names), meta: D(meta) };
  }

  transformOutput(X: Payload, names: string[], meta?: Meta) {
    return { method: 'transform_output', X: D(X), names: D(names), meta: D(meta) };
  }

  aggregate(Xs: Payload[], namesList: string[][]) {
    return { method: 'aggregate', Xs: Xs.map(D), names: namesList.map(D) };
  }

  sendFeedback(features: NdArray, names: string[], reward: number, truth: NdArray, routing?: number) {
    return {
      method: 'send_feedback',
      features: D(features),
      names: D(names),
      reward: D(reward),
      truth: D(truth),
      routing: D(routing),
    };
  }
}
