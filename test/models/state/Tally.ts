import { type NdArray, SeldonError } from 'seldon-lambda';

interface Sums {
  count: number;
  sum: number;
}

/**
 * Counts feedback and adds up rewards, as `Counter` does, but in a state that can be merged; `sendFeedback`
 * answers what it has counted in the part of the state that it got. `fail_after` (text in the features) throws
 * when it has counted already.
 */
export class Tally {
  /** How often feedback came to any of this process, also if its effect was not stored. */
  static runs = 0;
  state: Sums = { count: 0, sum: 0 };

  static merge(states: Sums[]): Sums {
    // In place, as many would write it.
    return states.reduce((all, { count, sum }) => Object.assign(all, add(all, { count, sum })));
  }

  route(): number {
    return this.state.count;
  }

  predict(): number[] {
    return [this.state.count, this.state.sum];
  }

  transformInput(X: NdArray): NdArray {
    this.state.count += 100;
    return X;
  }

  async sendFeedback(features: NdArray, _names: string[], reward: number): Promise<number[]> {
    Tally.runs++;
    this.state.count++;
    this.state.sum += reward;
    await Reflect.get(globalThis, 'hang')?.(features.toFlat()[0]);
    if (features.toFlat().includes('fail_after')) {
      throw new SeldonError('TOO_BAD', 'failed after counting', { status: 422 });
    }
    return [this.state.count];
  }

  getState(): Sums {
    return this.state;
  }

  setState(state: Sums): void {
    this.state = state;
  }
}

function add(one: Sums, other: Sums): Sums {
  return { count: one.count + other.count, sum: one.sum + other.sum };
}
