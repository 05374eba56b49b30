import type { Payload } from 'seldon-lambda';

/** Answers its input, and has a state, so that the cost of a store is measured. */
export class Stateful {
  private calls = 0;

  predict(X: Payload): Payload {
    return X;
  }

  getState() {
    return { calls: this.calls };
  }

  setState({ calls }: { calls: number }) {
    this.calls = calls;
  }
}
