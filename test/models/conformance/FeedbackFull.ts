import { counter, type NdArray } from 'seldon-lambda';

/** Answers feedback with the truth, with class names, tags and metrics. */
export class FeedbackFull {
  sendFeedback(_features: NdArray, _names: string[], _reward: number, truth: NdArray) {
    return truth;
  }

  classNames() {
    return ['k0', 'k1'];
  }

  tags() {
    return { fb: true };
  }

  metrics() {
    return [counter('fb_calls', 1)];
  }
}
