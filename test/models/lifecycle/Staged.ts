import type { Payload } from 'seldon-lambda';
import { enter } from './lib/stage.ts';

enter('import');

/** Answers what it gets, if the test lets it get there. */
export class Staged {
  constructor() {
    enter('constructor');
  }

  async load() {
    await Promise.resolve();
    enter('load');
  }

  predict(X: Payload) {
    enter('predict');
    return X;
  }

  transformInput(X: Payload) {
    return X;
  }
}
