import { LoadCounter } from './LoadCounter.ts';

/** A LoadCounter whose load stumbles over a null. */
export class LoadAttributeError extends LoadCounter {
  override load() {
    const weights = JSON.parse('null');
    this.loads += weights.layers.length;
  }
}
