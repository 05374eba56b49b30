import { Counter } from './Counter.ts';

/** A Counter that takes as long to load as the test wants. */
export class Gated extends Counter {
  async load(): Promise<void> {
    await Reflect.get(globalThis, 'gate')();
  }
}
