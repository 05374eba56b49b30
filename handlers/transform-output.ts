import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('transform-output', {
  method: 'transformOutput',
  metricTag: 'outputtransform',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.transformOutput(features, names, meta, call),
  fallback: ({ features }) => features,
});
