import type { Meta, Payload } from 'seldon-lambda';

/** Answers what it gets, once the test opens the barrier. */
export class Barrier {
  async predict(X: Payload, names: string[], meta?: Meta) {
    await Reflect.get(globalThis, 'barrier')(meta?.puid);
    return { X: typeof X === 'string' ? X : 'other', names, puid: meta?.puid };
  }

  async tags() {
    await Promise.resolve();
    return { model: 'Barrier' };
  }
}
