import type { Model } from 'seldon-lambda';

/** Its state holds what no store gives back, once it has had feedback. */
export class Odd implements Model {
  state: unknown = {};

  route(): number {
    return 1;
  }

  sendFeedback(): void {
    this.state = { weights: [1, new URL('http://example.com')] };
  }

  getState(): unknown {
    return this.state;
  }

  setState(state: unknown): void {
    this.state = state;
  }
}
