import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('predict', {
  method: 'predict',
  metricTag: 'predict',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.predict(features, names, meta, call),
  fallback: () => [],
  isPredict: true,
});
