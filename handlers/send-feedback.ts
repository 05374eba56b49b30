import { rewardMetrics } from '../src/runtime/endpoints/feedback-counters.ts';
import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'sendFeedback',
  routes: {
    '/send-feedback': ['GET', 'POST'],
    '/api/v1.0/feedback': ['POST'],
    '/api/v0.1/feedback': ['POST'],
  },
  metricTag: 'feedback',
  request: 'feedback',
  call: (model, { features, names, reward, truth, routing }) =>
    model.sendFeedback(features, names, reward, truth, routing),
  fallback: () => [],
  result: (returned) => returned ?? [],
  extraMetrics: rewardMetrics,
  carriesMeta: false,
});
