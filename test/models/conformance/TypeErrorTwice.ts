import type { Meta, Payload } from 'seldon-lambda';

/** Counts how often predict is called, also when it throws. */
export class TypeErrorTwice {
  count = 0;

  predict(X: Payload, _names: string[], meta?: Meta) {
    this.count++;
    if (X === 'type_error') {
      throw new TypeError(`inside predict, call ${this.count}, meta ${meta ? 'given' : 'absent'}`);
    }
    return [[this.count]];
  }
}
