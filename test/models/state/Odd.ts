import { type Model, type NdArray, SeldonError } from 'seldon-lambda';

/** Its state holds what no store gives back, once it has had feedback. */
export class Odd implements Model {
  state: unknown = {};

  route(): number {
    return 1;
  }

  sendFeedback(features: NdArray): void {
    this.state = { weights: [1, new URL('http://example.com')] };
    if (features.toFlat().includes('fail_after')) {
      throw new SeldonError('TOO_BAD', 'failed after changing', { status: 422 });
    }
  }

  getState(): unknown {
    return this.state;
  }

  setState(state: unknown): void {
    this.state = state;
  }
}
