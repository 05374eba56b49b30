import { methodEndpoint } from '../pipeline/pipeline.ts';
import { rewardMetrics } from './feedback-counters.ts';

/** Tells the model how good an answer was, and counts the rewards. */
export const sendFeedback = methodEndpoint('send-feedback', {
  method: 'sendFeedback',
  metricTag: 'feedback',
  request: 'feedback',
  call: (model, { features, names, reward, truth, routing }, call) =>
    model.sendFeedback(features, names, reward, truth, routing, call),
  fallback: () => [],
  result: (returned) => returned ?? [],
  extraMetrics: rewardMetrics,
  carriesMeta: false,
});
