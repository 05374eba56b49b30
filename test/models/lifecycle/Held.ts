import type { Payload } from 'seldon-lambda';

const hold = Reflect.get(globalThis, 'hold') as (stage: string) => Promise<void>;

await hold('import');

let made = 0;

/** Is imported and loaded when the test lets it be, and answers the number of its object. */
export class Held {
  private readonly number = ++made;

  load(): Promise<void> {
    return hold('load');
  }

  predict(X: Payload) {
    return { X, number: this.number };
  }
}
