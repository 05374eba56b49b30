import { modelFile } from 'seldon-lambda';

/**
 * Answers by a query builder: a promise of another kind, which does its work when it is asked for its value.
 */
export class Lazy {
  predict() {
    return {
      // biome-ignore lint/suspicious/noThenProperty: that is what a query builder has.
      then(resolve: (value: unknown) => void) {
        resolve({ file: modelFile('name.txt') });
      },
    };
  }
}
