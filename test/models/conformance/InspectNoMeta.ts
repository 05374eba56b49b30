import type { Payload } from 'seldon-lambda';
import { D } from './describe.ts';

/** Answers a description of what predict gets, without asking for meta. */
export class InspectNoMeta {
  predict(X: Payload, names: string[]) {
    return { X: D(X), names: D(names) };
  }
}
