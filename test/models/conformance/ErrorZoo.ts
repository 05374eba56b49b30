import type { Meta, NdArray } from 'seldon-lambda';
import { ERRORS } from './errors-table.ts';
import { firstElement } from './first-element.ts';

/** Throws whatever error the request names. */
export class ErrorZoo {
  predict(X: string, _names: string[], _meta?: Meta) {
    throw ERRORS[X]();
  }

  transformInput(X: string, _names: string[], _meta?: Meta) {
    throw ERRORS[X]();
  }

  transformOutput(X: string, _names: string[], _meta?: Meta) {
    throw ERRORS[X]();
  }

  route(X: string, _names: string[], _meta?: Meta) {
    throw ERRORS[X]();
  }

  aggregate(Xs: string[]) {
    throw ERRORS[Xs[0]]();
  }

  sendFeedback(features: NdArray) {
    throw ERRORS[String(firstElement(features))]();
  }
}
