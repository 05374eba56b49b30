import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('transform-input', {
  method: 'transformInput',
  metricTag: 'inputtransform',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.transformInput(features, names, meta, call),
  fallback: ({ features }) => features,
});
