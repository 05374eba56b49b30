import type { NdArray } from 'seldon-lambda';
import { Counter } from './Counter.ts';

/** A Counter whose `sendFeedback` takes as long as the test wants. */
export class Hanging extends Counter {
  override async sendFeedback(features: NdArray, names: string[], reward: number): Promise<number[]> {
    await Reflect.get(globalThis, 'hang')(reward);
    return super.sendFeedback(features, names, reward);
  }
}
