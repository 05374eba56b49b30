import { createMethodHandler } from '../src/handler.ts';

export const handler = await createMethodHandler('aggregate', {
  method: 'aggregate',
  metricTag: 'aggregate',
  request: 'messageList',
  call: (model, { features, names }, call) => model.aggregate(features, names, call),
});
