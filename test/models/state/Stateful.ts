import type { Payload } from 'seldon-lambda';

/** Answers what it gets, and has a state: what a store costs. */
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
