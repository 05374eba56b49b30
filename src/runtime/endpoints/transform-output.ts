import { methodEndpoint } from '../pipeline/pipeline.ts';

/**
 * Answers the features as the model transforms them on their way out; unchanged without `transformOutput`.
 */
export const transformOutput = methodEndpoint('transform-output', {
  method: 'transformOutput',
  metricTag: 'outputtransform',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.transformOutput(features, names, meta, call),
  fallback: ({ features }) => features,
});
