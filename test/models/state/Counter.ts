import { counter, type Model, type NdArray, SeldonError, type SeldonMessage } from 'seldon-lambda';

/**
 * Counts feedback and adds up rewards; `route` answers the count. `fail_after` (text in the features) throws
 * when it has counted already.
 */
export class Counter implements Model {
  /** How often feedback came to any of this process, also if its effect was not stored. */
  static runs = 0;
  count = 0;
  sum = 0;

  route(): number {
    return this.count;
  }

  sendFeedback(features: NdArray, _names: string[], reward: number): number[] | Promise<number[]> {
    Counter.runs++;
    this.count++;
    this.sum += reward;
    if (features.toFlat().includes('fail_after')) {
      throw new SeldonError('TOO_BAD', 'failed after counting', { status: 422 });
    }
    return [this.count];
  }

  predict(): number[] {
    return [this.count, this.sum];
  }

  transformInputRaw(): SeldonMessage {
    this.count += 100;
    return { strData: 'not stateful, so not kept' };
  }

  metrics() {
    return [counter('calls')];
  }

  getState(): { count: number; sum: number } {
    return { count: this.count, sum: this.sum };
  }

  setState({ count, sum }: { count: number; sum: number }): void {
    this.count = count;
    this.sum = sum;
  }
}
