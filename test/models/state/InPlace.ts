import { type NdArray, SeldonResponse } from 'seldon-lambda';

/**
 * Adds 1 to every number of its features, in place, and counts calls in its state; `runs`: how often it did.
 */
export class InPlace {
  static stateful = ['predict'];
  static runs = 0;
  calls = 0;

  predict(X: NdArray<'float64'>) {
    InPlace.runs++;
    this.calls++;
    for (let i = 0; i < X.data.length; i++) {
      X.data[i] = (X.data[i] as number) + 1;
    }
    return new SeldonResponse(X, { tags: { runs: InPlace.runs } });
  }

  getState() {
    return { calls: this.calls };
  }

  setState({ calls }: { calls: number }) {
    this.calls = calls;
  }
}
