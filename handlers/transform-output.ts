import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('transform-output', {
  method: 'transformOutput',
  metricTag: 'outputtransform',
  request: 'message',
  call: (model, { features, names, meta }) => model.transformOutput(features, names, meta),
  fallback: ({ features }) => features,
});
