import type { NdArray } from 'seldon-lambda';

/** Counts calls, and changes what it gets. */
export class Counts {
  static stateful = ['predict'] as const;
  calls = 0;

  predict(X: NdArray<'float32'>) {
    this.calls++;
    const [first = 0] = X.data;
    X.data.fill(-1);
    return [this.calls, first];
  }

  getState() {
    return { calls: this.calls };
  }

  setState({ calls }: { calls: number }) {
    this.calls = calls;
  }
}
