import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'aggregate',
  routes: { '/aggregate': ['GET', 'POST'] },
  metricTag: 'aggregate',
  request: 'messageList',
  call: (model, { features, names }) => model.aggregate(features, names),
});
