import { type ErrorAnswer, fromData, type Payload } from 'seldon-lambda';

/** Fails wherever the text of the request says; what becomes of it is for the test's `handleError` to say. */
export class HandlesErrors {
  #where: unknown;

  modelErrorHandler(error: unknown): ErrorAnswer | undefined {
    return Reflect.get(globalThis, 'handleError')(error);
  }

  predict(X: Payload) {
    this.#where = X;
    this.#failAt('predict');
    return fromData(Float64Array.of(1), [1, 1]);
  }

  tags() {
    this.#failAt('tags');
    return {};
  }

  classNames() {
    this.#failAt('classNames');
    return ['one'];
  }

  healthStatus() {
    throw new Error('failed in healthStatus');
  }

  #failAt(where: string) {
    if (this.#where === where) {
      throw new Error(`failed in ${where}`);
    }
  }
}
