import type { NdArray } from 'seldon-lambda';

/** Takes feedback without asking for the routing. */
export class FeedbackNoRouting {
  sendFeedback(_features: NdArray, _names: string[], _reward: number, _truth: NdArray) {
    return null;
  }
}
