import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'transformInput',
  routes: { '/transform-input': ['GET', 'POST'] },
  metricTag: 'inputtransform',
  request: 'message',
  call: (model, { features, names, meta }) => model.transformInput(features, names, meta),
  fallback: ({ features }) => features,
});
