import type { NdArray, Payload } from 'seldon-lambda';

/** Every method answers what it gets; an aggregate the first of its inputs. */
export class Passes {
  predict(X: Payload) {
    return X;
  }

  aggregate(Xs: Payload[]) {
    return Xs[0];
  }

  sendFeedback(features: NdArray, _names: string[], _reward: number, truth: NdArray) {
    return truth.shape[0] === 0 ? features : truth;
  }
}
