import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'transformOutput',
  routes: { '/transform-output': ['GET', 'POST'] },
  metricTag: 'outputtransform',
  request: 'message',
  call: (model, { features, names, meta }) => model.transformOutput(features, names, meta),
  fallback: ({ features }) => features,
});
