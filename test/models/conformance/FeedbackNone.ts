import type { NdArray } from 'seldon-lambda';

/** Takes feedback and answers nothing. */
export class FeedbackNone {
  sendFeedback(_features: NdArray, _names: string[], _reward: number, _truth: NdArray, _routing?: number) {
    return null;
  }
}
