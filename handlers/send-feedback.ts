import { createMethodHandler } from '../src/handler.ts';
import { rewardMetrics } from '../src/runtime/endpoints/feedback-counters.ts';

export const handler = await createMethodHandler('send-feedback', {
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
