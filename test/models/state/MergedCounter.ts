import { Counter as Whole } from './Counter.ts';

interface Sums {
  readonly count: number;
  readonly sum: number;
}

/** The model `Counter`, with a state that many instances can write at once. */
export class Counter extends Whole {
  static merge(states: readonly Sums[]): Sums {
    return states.reduce((all, { count, sum }) => ({ count: all.count + count, sum: all.sum + sum }));
  }
}
