import { methodEndpoint } from '../pipeline/pipeline.ts';

/** Answers what the combiner makes of the answers of several models. */
export const aggregate = methodEndpoint('aggregate', {
  method: 'aggregate',
  metricTag: 'aggregate',
  request: 'messageList',
  call: (model, { features, names }, call) => model.aggregate(features, names, call),
});
