import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('transform-input', {
  method: 'transformInput',
  metricTag: 'inputtransform',
  request: 'message',
  call: (model, { features, names, meta }) => model.transformInput(features, names, meta),
  fallback: ({ features }) => features,
});
