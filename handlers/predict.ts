import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'predict',
  routes: {
    '/predict': ['GET', 'POST'],
    '/api/v1.0/predictions': ['POST'],
    '/api/v0.1/predictions': ['POST'],
  },
  metricTag: 'predict',
  request: 'message',
  call: (model, { features, names, meta }) => model.predict(features, names, meta),
  fallback: () => [],
  isPredict: true,
});
